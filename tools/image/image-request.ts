/** What `npm run image` was asked for, held against what there is before a build takes its time. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { checkConfig, readJson } from '../../firmware/config.ts';
import { isFactoryPolicy } from '../../firmware/factory/factory-module.ts';
import type { CarriedModule } from '../../firmware/image/factory-modules.ts';
import { type KernelChoice, kernelChoices } from '../../firmware/image/sources.ts';
import { mostRelease } from '../../firmware/slots/update-manifest.ts';
import { manifestOf } from '../../runtime/component/prepare.ts';
import { CodedError, codeOf } from '../../runtime/error.ts';
import { CliError } from '../cli/cli-error.ts';
import { defaultBox } from './default-box.ts';

/** Errors: `usage`. */
export function kernelChoice(text: string): KernelChoice {
	const choice = kernelChoices.find((one) => one === text);
	if (choice !== undefined) return choice;
	throw new CliError('usage', `--kernel is one of ${kernelChoices.join(', ')}, not ${text}`);
}

/** Errors: `usage`. */
export function releaseNumber(text: string): number {
	const release = Number(text);
	if (/^\d+$/.test(text) && release >= 1 && release <= mostRelease) return release;
	throw new CliError('usage', `--release is a whole number from 1 to ${mostRelease}, not "${text}"`);
}

/** @param texts each `FILE[=POLICY]`. Errors: `usage`, `no-such-file`; those of a manifest */
export async function carriedModules(texts: readonly string[]): Promise<CarriedModule[]> {
	const modules = await Promise.all(texts.map(carried));
	const names = modules.map(({ name }) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw new CliError('usage', `two of the modules are called ${twice}`);
	return modules.map(({ module }) => module);
}

async function carried(text: string) {
	const [, file = text, policy = 'newer'] = /^(.*)=([^=/]*)$/.exec(text) ?? [];
	if (!isFactoryPolicy(policy)) throw new CliError('usage', `--module ${text}: ${policy} is not a policy`);
	const bytes = await fileOf('--module', file);
	try {
		return { name: manifestOf(bytes).name, module: { bytes, policy } };
	} catch (cause) {
		throw new CodedError(codeOf(cause), `--module ${file}: ${(cause as Error).message}`, { cause });
	}
}

/**
 * Of the box: what a file says, or the box of a headend on this machine. What only an image can know is added.
 *
 * Errors: `bad-config`.
 */
export async function boxConfig(
	file: string | undefined,
	{ networks }: { readonly networks: readonly object[] },
): Promise<object> {
	const places = { state: '/data/state', root: '/etc/mullion/root.json' };
	if (file === undefined) return { networks, ...defaultBox, ...places };
	const told = await readJson(file);
	const isObject = typeof told === 'object' && told !== null && !Array.isArray(told);
	const config = isObject ? { networks, ...told, ...places } : {};
	checkConfig(isObject ? config : told, { folder: dirname(file), name: file });
	return config;
}

async function fileOf(option: string, file: string): Promise<Uint8Array> {
	try {
		return new Uint8Array(await readFile(file));
	} catch (cause) {
		throw new CliError('no-such-file', `${option} ${file} cannot be read`, { cause });
	}
}

/**
 * Seconds since the epoch that all files are of: of the last commit, or what is said where there is no checkout
 * (reproducible-builds.org, SOURCE_DATE_EPOCH).
 *
 * @throws CliError `usage`
 */
export async function sourceDate(said: string | undefined): Promise<number> {
	const text =
		said ??
		(await promisify(execFile)('git', ['log', '-1', '--format=%ct'], { cwd: import.meta.dirname }).then(
			({ stdout }) => stdout.trim(),
			() => '',
		));
	const seconds = Number(text);
	if (text !== '' && Number.isSafeInteger(seconds) && seconds > 0) return seconds;
	throw new CliError(
		'usage',
		said === undefined
			? 'this is no checkout of git: say the time of the sources in SOURCE_DATE_EPOCH, in seconds since 1970'
			: `SOURCE_DATE_EPOCH is a whole number of seconds since 1970, not "${said}"`,
	);
}
