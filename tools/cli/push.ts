/** `mullion push`: modules into the signed repository, and from there onto the box. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Controller } from '../controller/controller.ts';
import { keepMap } from '../headend/repository/maps.ts';
import { withBox } from './box.ts';
import { type Certified, certificationOptions, certifyComponent, differencesOf } from './certification.ts';
import { CliError } from './cli-error.ts';
import type { Command, Context } from './command.ts';
import { type NamedComponent, readComponents, recordingsBeside } from './components.ts';
import { headendOptions } from './headend-file.ts';
import { type Module, readModules, readWaiting, type WaitingVm, waitingLine } from './modules.ts';
import { withPatience } from './patience.ts';
import { printable } from './printable.ts';
import { type Offered, offer, offerCertificate, openRepository } from './repository.ts';

/** Between two looks at a VM that starts, in milliseconds, and how many there are: two seconds. */
const lookMs = 100;
const mostLooks = 20;

export type Action = 'offered' | 'installed' | 'updated' | 'reinstalled' | 'restarted' | 'unchanged';

export const push: Command = {
	name: 'push',
	summary:
		'Signs modules into the repository, and installs or updates them on the box or starts what is parked.',
	usage: 'DIR|FILE... [OPTIONS]',
	options: {
		offer: {
			type: 'boolean',
			help: 'only sign them into the repository: boxes fetch them when they need them',
		},
		config: {
			type: 'string',
			value: 'JSON',
			help: 'the configuration that it starts with; new versions keep it. null is the one it was built with',
		},
		certify: {
			type: 'boolean',
			help: 'certify them first; done by itself where recordings/ lies beside the module',
		},
		uncertified: { type: 'boolean', help: 'push without a certificate, recordings or not' },
		...certificationOptions,
		...headendOptions,
	},
	examples: [
		['mullion push modules/player', 'builds the folder first'],
		['mullion push dist/clock.wasm', 'a component that was built already'],
		['mullion push --offer modules/player', 'the box installs it when a session wants it'],
		[`mullion push modules/thermometer --config '{"limit": 40}'`, 'with a configuration of your own'],
		['mullion push modules/thermometer --config null', 'with the one that it was built with again'],
		['mullion push --certify clock.wasm --recording day.recording', 'with its certificate'],
	],
	run: async (context) => {
		const { args, options, output } = context;
		const config = typeof options['config'] === 'string' ? options['config'] : undefined;
		if (args.length === 0)
			throw new CliError('usage', 'name a folder or a file; see npx mullion push --help');
		const components = (await Promise.all(args.map((arg) => readComponents(arg, context)))).flat();
		if (config !== undefined && components.length > 1)
			throw new CliError('usage', '--config is for one module: push them one by one');
		const repository = await openRepository(context);
		// Before anything is signed that the box is not to get.
		if (options['offer'] !== true) await withBox(context, (box) => requireOwnNames(box, components));
		// All of them, before anything of them is to be seen.
		const certified: Certified[] = [];
		for (const component of components) certified.push(...(await certificatesFor(component, context)));
		// A box that finds a module may demand its certificate at once.
		for (const each of certified) await offerCertificate(repository, each);
		const offered: Offered[] = [];
		for (const { bytes, map } of components) {
			const each = await offer(repository, bytes, config);
			offered.push(each);
			if (map !== undefined) await keepMap(repository.directory, { digest: each.sha256, map });
		}
		if (options['offer'] === true)
			return report(
				context,
				offered.map((each) => [each, 'offered']),
			);

		const { actions, waiting } = await withBox(context, async (box, { broker }) => {
			const actions: [Offered, Action][] = [];
			for (const each of offered) {
				const { name, version } = each.manifest;
				output.progress(output.dim(`${name} ${version} ...`));
				const action = await withPatience({
					broker,
					what: `${name} ${version}`,
					work: (signal) => install(box, { offered: each, config, signal }),
					tell: (text) => output.progress(text),
					signal: context.signal,
				});
				actions.push([each, action]);
			}
			return { actions, waiting: await waitingOf(box, offered, context.signal) };
		});
		report(context, actions, waiting);
	},
};

/** What another vendor's service has stored is not for this one. Errors: `name-taken`. */
async function requireOwnNames(box: Controller, components: readonly NamedComponent[]): Promise<void> {
	const there = new Map((await readModules(box)).map((module) => [module.name, module.vendor]));
	for (const { manifest } of components) {
		const vendor = there.get(manifest.name) ?? manifest.vendor;
		if (vendor === manifest.vendor) continue;
		const taken = `the box has a ${manifest.name} of the vendor "${printable(vendor)}", not "${manifest.vendor}"`;
		const ways = `give yours another name, or "npx mullion remove ${manifest.name}" first`;
		throw new CliError('name-taken', `${taken}: ${ways}`);
	}
}

/** None where none is to be made. Errors: `not-equal`, and nothing is pushed. */
async function certificatesFor(component: NamedComponent, context: Context): Promise<Certified[]> {
	const { options, output } = context;
	if (options['uncertified'] === true) return [];
	const isAsked = options['certify'] === true;
	if (!isAsked && (await recordingsBeside(component)).length === 0) return [];
	const { name, version } = component.manifest;
	output.progress(output.dim(`certifying ${name} ${version} ...`));
	const certified = await certifyComponent(component, context);
	if (certified.certificate.outcome === 'equal') return [certified];
	const hint = 'If it is meant to, record it anew, or push it with --uncertified';
	throw new CliError('not-equal', `${differencesOf(certified.certificate)}\n${hint}`);
}

interface InstallOptions {
	readonly offered: Offered;
	/** Given on the command line. */
	readonly config: string | undefined;
	readonly signal: AbortSignal;
}

async function install(box: Controller, { offered, config, signal }: InstallOptions): Promise<Action> {
	const { manifest, url, sha256, isSame } = offered;
	const before = (await readModules(box)).find(({ name }) => name === manifest.name);
	if (before === undefined) {
		await box.operate('Device.SoftwareModules.InstallDU()', { URL: url }, { signal });
		return 'installed';
	}
	if (before.version !== manifest.version) {
		await box.operate(`${before.path}Update()`, { URL: url }, { signal });
		return 'updated';
	}
	const hasBytes = before.digest === '' ? isSame : before.digest === sha256;
	// The box does not say what it was configured with; the repository does.
	const isThere = hasBytes && (config === undefined || isSame);
	return isThere ? restartParked(box, manifest.name) : reinstall(box, { before, url, signal });
}

// A VM that has failed too often stays down by itself: who pushes its module wants it to run.
async function restartParked(box: Controller, module: string): Promise<Action> {
	const parked = (await readWaiting(box)).filter((vm) => vm.module === module && vm.state === 'parked');
	for (const { path } of parked) await box.operate(`${path}Restart()`, {}, { isSync: true });
	return parked.length > 0 ? 'restarted' : 'unchanged';
}

/**
 * The same version with other bytes, as while a module is being written: an update is only to another version.
 * Once it has begun no signal ends it: between its two commands the box is without the service.
 */
async function reinstall(
	box: Controller,
	{ before, url, signal }: { before: Module; url: string; signal: AbortSignal },
): Promise<Action> {
	signal.throwIfAborted();
	await box.operate(`${before.path}Uninstall()`, { RetainData: 'true' });
	await box.operate('Device.SoftwareModules.InstallDU()', { URL: url, UUID: before.uuid });
	return 'reinstalled';
}

/** VMs of these modules that do not run. One that has only just been told to start is given a moment for it. */
async function waitingOf(
	box: Controller,
	offered: readonly Offered[],
	signal: AbortSignal,
): Promise<WaitingVm[]> {
	const names = new Set(offered.map(({ manifest }) => manifest.name));
	for (let looks = mostLooks; ; looks--) {
		const waiting = (await readWaiting(box)).filter(({ module }) => names.has(module));
		if (looks === 0 || !waiting.some(({ state }) => state === 'starting')) return waiting;
		await pause(lookMs, undefined, { signal });
	}
}

/** @param waiting VMs of the box that do not run */
function report(
	{ output }: Context,
	done: readonly (readonly [Offered, Action])[],
	waiting: readonly WaitingVm[] = [],
): void {
	const rows = done.map(([{ manifest, url }, action]) => {
		const { name, version } = manifest;
		const own = waiting.filter(({ module }) => module === name);
		const down = own.map(({ vm, state, reason }) => ({ vm, state, reason }));
		return {
			row: { name, version, url, action, ...(down.length > 0 && { waiting: down }) },
			lines: [
				`${output.bold(`${name} ${version}`)} ${output.green(action)}`,
				...own.map((vm) => output.yellow(waitingLine(vm))),
			],
		};
	});
	output.result(
		rows.map(({ row }) => row),
		rows.flatMap(({ lines }) => lines).join('\n'),
	);
}
