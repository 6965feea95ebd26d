/** Replays a module's recordings on every device profile and writes down what came of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { platformVersion } from '../../firmware/box/identity.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import type { Certificate, CertifiedProfile, CertifiedRecording } from '../../runtime/module/certificate.ts';
import { readRecording } from '../../runtime/recording/recording.ts';
import { CertifyError } from './certify-error.ts';
import { profiles as allProfiles, type Profile } from './profiles.ts';
import type { TrialAnswer } from './trial.ts';

export interface CertifyOptions {
	readonly module: Uint8Array;
	/** The files. */
	readonly recordings: readonly Uint8Array[];
	/** Default: all there are. */
	readonly profiles?: readonly Profile[];
	readonly signal?: AbortSignal;
}

const trialProcess = fileURLToPath(new URL('./trial-process.ts', import.meta.url));
const mostAnswerBytes = 16_777_216;

/** Errors: `no-recordings`, `trial-failed`, `malformed-recording`, those of `prepareComponent`. */
export async function certify(options: CertifyOptions): Promise<Certificate> {
	const { module, profiles = allProfiles, signal } = options;
	const { name, version } = manifestOf(module);
	const recordings = await Promise.all(options.recordings.map((bytes) => described(bytes, name)));
	if (recordings.length === 0)
		throw new CertifyError('no-recordings', `there is no recording of ${name}; make one with mullion record`);
	const directory = await mkdtemp(join(tmpdir(), 'mullion-certify-'));
	try {
		const files = [module, ...options.recordings];
		const paths = files.map((_, at) => join(directory, at === 0 ? 'module.wasm' : `${at}.recording`));
		await Promise.all(paths.map((path, at) => writeFile(path, files[at] as Uint8Array)));
		const tried: CertifiedProfile[] = [];
		for (const profile of profiles) tried.push(await trial(profile, { paths, signal }));
		return {
			module: name,
			version,
			digest: digestOf(module),
			platform: platformVersion,
			outcome: tried.every(({ outcome }) => outcome === 'equal') ? 'equal' : 'different',
			certifiedAt: new Date().toISOString(),
			recordings,
			profiles: tried,
		};
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

/** Errors: `unknown-profile`. */
export function profileNamed(name: string): Profile {
	const profile = allProfiles.find((other) => other.name === name);
	if (profile !== undefined) return profile;
	const names = allProfiles.map((other) => other.name).join(', ');
	throw new CertifyError('unknown-profile', `there is no profile "${name}"; there are ${names}`);
}

async function described(bytes: Uint8Array, module: string): Promise<CertifiedRecording> {
	const { opening, turns } = await readRecording(bytes);
	if (opening.module !== module)
		throw new CertifyError('no-recordings', `a recording is of ${opening.module}, not of ${module}`);
	const effectsOf = (turn: (typeof turns)[number]) =>
		turn.outcome.tag === 'done' ? turn.outcome.effects.length : 0;
	return {
		digest: digestOf(bytes),
		vm: opening.vmName,
		version: opening.version,
		platform: opening.platform,
		turns: turns.length,
		events: turns.reduce((sum, { inbox }) => sum + inbox.length, 0),
		effects: turns.reduce((sum, turn) => sum + effectsOf(turn), 0),
	};
}

async function trial(
	{ name, flags }: Profile,
	{ paths, signal }: { paths: readonly string[]; signal: AbortSignal | undefined },
): Promise<CertifiedProfile> {
	const answer = await answerOf([...flags, trialProcess, ...paths], signal);
	if ('error' in answer)
		throw new CertifyError(
			'trial-failed',
			`on profile ${name}: ${answer.error.message} (${answer.error.code})`,
		);
	const difference = answer.differences.find((each) => (each ?? undefined) !== undefined);
	const machine = `${process.arch}, V8 ${process.versions.v8}`;
	const outcome = difference === undefined ? 'equal' : 'different';
	return { name, flags, machine, outcome, ...(difference && { difference: difference.text }) };
}

async function answerOf(args: readonly string[], signal: AbortSignal | undefined): Promise<TrialAnswer> {
	try {
		const { stdout } = await promisify(execFile)(process.execPath, [...args], {
			maxBuffer: mostAnswerBytes,
			...(signal && { signal }),
		});
		return JSON.parse(stdout) as TrialAnswer;
	} catch (cause) {
		signal?.throwIfAborted();
		throw new CertifyError('trial-failed', `a replay ended without an answer: ${(cause as Error).message}`, {
			cause,
		});
	}
}

function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
