/** Turns a component of any toolchain into what a cell can start: glue, and core modules with checks. */
import { Settings } from '../../proto/host/bus/command.ts';
import { ContractError } from '../../proto/host/codec.ts';
import { ComponentError } from '../component/error.ts';
import { type Manifest, ManifestError } from '../module/manifest.ts';
import type { ForeignCode, ForeignWorld, Surroundings } from './foreign-code.ts';
import type { GlueMaker } from './glue.ts';
import { linkableCode } from './linkable-code.ts';
import { wasiNames } from './wasi/names.ts';

export interface PrepareForeignOptions {
	readonly manifest: Manifest;
	readonly glue: GlueMaker;
	/** Imported interface of our own, with its version -> the capability that provides it. */
	readonly provided: ReadonlyMap<string, string | undefined>;
}

/** The exported interface that makes a component one of a world; 0.3 of WASI is another contract. */
const worlds: readonly (readonly [exported: RegExp, world: ForeignWorld])[] = [
	[/^mullion:service\/guest@0\.1\.0$/, 'service'],
	[/^wasi:http\/incoming-handler@0\.2\.\d+$/, 'http'],
	[/^wasi:cli\/run@0\.2\.\d+$/, 'command'],
];

const settingsType = 'mullion.command.Settings';

/** @throws ComponentError, ManifestError */
export async function prepareForeign(
	component: Uint8Array,
	{ manifest, glue, provided }: PrepareForeignOptions,
): Promise<ForeignCode> {
	const made = await glue.make(component);
	const { imports, exports } = made;
	const world = worldOf(exports);
	checkForeign(manifest);
	checkSession(manifest, world);
	// What links commands and handlers gives them WASI and nothing else.
	const own = world === 'service' ? provided : new Map();
	for (const from of imports) checkImport(from, { manifest, world, provided: own });
	const code = await linkableCode(made, manifest.budget.memoryPages);
	return { ...code, world, surroundings: surroundingsOf(manifest, world) };
}

function worldOf(exports: readonly string[]): ForeignWorld {
	for (const [pattern, world] of worlds) if (exports.some((name) => pattern.test(name))) return world;
	throw new ComponentError(
		'world-unknown',
		`the component exports ${exports.join(', ') || 'nothing'}; a box runs services of mullion:service, wasi:cli/command and wasi:http/proxy of WASI 0.2`,
	);
}

/** What no component that is linked by glue may ask for, whatever it is. @throws ManifestError */
export function checkForeign({ name, durability, priority }: Manifest): void {
	// A turn that has to come out the same again needs a guest whose state and every input are known.
	if (durability.mode !== 'none')
		throw new ManifestError(
			'foreign-not-durable',
			`manifest.durability.mode must be "none": ${name} is linked by glue, and can be neither captured nor replayed`,
		);
	if (priority === 'realtime')
		throw new ManifestError(
			'foreign-not-realtime',
			`manifest.priority must not be "realtime": a turn of ${name} can not be interrupted`,
		);
}

function checkSession(manifest: Manifest, world: ForeignWorld): void {
	if (manifest.session !== undefined && world !== 'service')
		throw new ManifestError(
			'bad-manifest',
			`manifest.session is for services of mullion:service; ${manifest.name} is a ${world}`,
		);
}

function checkImport(
	from: string,
	{
		manifest,
		provided,
		world,
	}: Pick<PrepareForeignOptions, 'manifest' | 'provided'> & { readonly world: ForeignWorld },
): void {
	if (wasiNames.has(from)) return;
	const own = [...provided].find(([name]) => name.split('@')[0] === from);
	if (own === undefined)
		throw new ComponentError(
			'import-unknown',
			`the component imports "${from}", which this box does not give a ${world}`,
		);
	const [, capability] = own;
	if (capability !== undefined && !Object.hasOwn(manifest.capabilities, capability))
		throw new ComponentError(
			'import-not-granted',
			`the component imports "${from}", but its manifest does not ask for the capability "${capability}"`,
		);
}

/** @throws ManifestError `bad-manifest` */
function surroundingsOf({ name, config }: Manifest, world: ForeignWorld): Surroundings {
	const nothing = { arguments: [name], environment: [], stdin: new Uint8Array(0) };
	if (world === 'service' || config.type === '') return nothing;
	if (config.type !== settingsType)
		throw new ManifestError('bad-manifest', `manifest.config.type of a ${world} must be ${settingsType}`);
	try {
		const settings = Settings.decode(config.bytes);
		return {
			arguments: [name, ...settings.arguments],
			environment: settings.environment.map(({ name, value }) => [name, value] as const),
			stdin: settings.stdin,
		};
	} catch (cause) {
		if (!(cause instanceof ContractError)) throw cause;
		throw new ManifestError('bad-manifest', `manifest.config: ${cause.message}`, { cause });
	}
}
