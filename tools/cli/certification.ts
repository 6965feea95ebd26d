/** Certifying as a command does it: with which recordings, on which devices, by whose key. */
import { dirname, join, resolve } from 'node:path';
import type { Certificate } from '../../runtime/module/certificate.ts';
import { certify, profileNamed } from '../certify/certify.ts';
import { SigningKey } from '../certify/signing-key.ts';
import { CliError } from './cli-error.ts';
import { type Context, type Option, text, texts } from './command.ts';
import { type NamedComponent, recordingsBeside, recordingsOf } from './components.ts';
import { findHeadend } from './headend-file.ts';

export const certificationOptions: Readonly<Record<string, Option>> = {
	recording: {
		type: 'string',
		value: 'FILE',
		isRepeated: true,
		help: 'a recording to replay; default those in recordings/ beside the module',
	},
	profile: {
		type: 'string',
		value: 'NAME',
		isRepeated: true,
		help: 'a device profile to replay on; default all of them',
	},
	key: {
		type: 'string',
		value: 'FILE',
		help: 'private ed25519 key (PEM) to sign with; default the one beside the repository',
	},
};

export interface Certified {
	readonly certificate: Certificate;
	/** The signed result, as the text of its file. */
	readonly signed: string;
	/** What a box is told to trust. */
	readonly publicKey: string;
}

/** Signed whatever came of it: a box takes no other outcome than `equal`. */
export async function certifyComponent(component: NamedComponent, context: Context): Promise<Certified> {
	const key = await keyOf(context);
	const certificate = await certify({
		module: component.bytes,
		recordings: await recordingsFor(component, context),
		signal: context.signal,
		...(texts(context, 'profile').length > 0 && { profiles: texts(context, 'profile').map(profileNamed) }),
	});
	return { certificate, signed: key.sign(certificate), publicKey: key.publicHex };
}

/** What is wrong, for people: the first difference of each profile, said once for all that have the same. */
export function differencesOf({ module, version, profiles }: Certificate): string {
	const alike = Map.groupBy(profiles, ({ difference }) => difference);
	const lines = [...alike].flatMap(([difference, those]) => {
		const names = those.map(({ name }) => name).join(', ');
		const where = those.length === 1 ? `profile ${names}` : `profiles ${names}`;
		return difference === undefined ? [] : [`on ${where}: ${difference}`];
	});
	return `${module} ${version} does something else than was recorded\n${lines.join('\n')}`;
}

function recordingsFor(component: NamedComponent, context: Context): Promise<Uint8Array[]> {
	const named = texts(context, 'recording').map((file) => resolve(context.cwd, file));
	return named.length === 0 ? recordingsBeside(component) : recordingsOf(component.manifest, named);
}

async function keyOf(context: Context): Promise<SigningKey> {
	const named = text(context, 'key');
	if (named !== undefined) return SigningKey.read(resolve(context.cwd, named));
	const { repository } = await findHeadend(context);
	if (repository === undefined)
		throw new CliError('no-repository', 'no key is known here: give --key, or --repository');
	return SigningKey.readOrMake(join(dirname(repository), 'certification', 'key.pem'));
}
