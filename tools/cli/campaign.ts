/** `mullion campaign`: a released firmware onto many boxes. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf } from '../../runtime/error.ts';
import { type Found, hasRelease, type Outcome, runCampaign } from '../controller/campaign.ts';
import { Controller } from '../controller/controller.ts';
import { noHeadend } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text, texts } from './command.ts';
import { errorJson } from './exit-code.ts';
import { findHeadend, headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { namedRelease, type ReleaseNamed } from './released.ts';
import { table } from './table.ts';
import { releaseFor, upgradeTo } from './upgrade-box.ts';
import { wholeNumber } from './whole-number.ts';

const { broker, repository } = headendOptions;

export const campaign: Command = {
	name: 'campaign',
	summary: 'Has many boxes install a released firmware, each that of its board, and stops where it fails.',
	usage: '[VERSION|URL] [OPTIONS]',
	options: {
		box: { type: 'string', value: 'ID', isRepeated: true, help: 'endpoint id of a box; may be repeated' },
		boxes: { type: 'string', value: 'FILE', help: 'a file with an endpoint id a line; # begins a remark' },
		first: {
			type: 'string',
			value: 'N',
			help: 'how many of each board have to take it, one by one, before the others; default 1',
		},
		'at-a-time': { type: 'string', value: 'N', help: 'how many of the others at once; default 10' },
		'most-failed': {
			type: 'string',
			value: 'N',
			help: 'how many of the others may fail; default 0; a box whose board has no such release is not touched, nor counted',
		},
		within: {
			type: 'string',
			value: 'SECONDS',
			help: 'for a box to be there, or it is left out; default 30',
		},
		...(broker && { broker }),
		...(repository && { repository }),
	},
	examples: [
		['mullion campaign 1.2.0 --boxes boxes.txt', 'of each board the first box alone, then ten at a time'],
		[
			'mullion campaign --boxes boxes.txt --first 5 --most-failed 2',
			'the newest release of each board, after five that took it',
		],
	],
	run: async (context) => {
		const { args, output, signal } = context;
		if (args.length > 1) throw new CliError('usage', 'name one release; see npx mullion campaign --help');
		const agents = await boxesOf(context);
		const numberOf = (name: string, usual: number): number =>
			wholeNumber(context, name, { most: 999_999 }) ?? usual;
		const limits = {
			first: numberOf('first', 1),
			atATime: Math.max(1, numberOf('at-a-time', 10)),
			mostFailed: numberOf('most-failed', 0),
		};
		const withinMs = numberOf('within', 30) * 1000;
		const named = await namedRelease(context);
		const { broker } = await findHeadend(context);
		if (broker === undefined) throw noHeadend('--broker');
		const outcomes = await runCampaign({
			...limits,
			agents,
			signal,
			look: async (agent) => {
				await using box = await Controller.connect({ broker, agent });
				return (await isThere(box, { withinMs, signal })) ? await foundFor(box, named) : { action: 'away' };
			},
			upgrade: async (agent, url) => {
				await using box = await Controller.connect({ broker, agent });
				if (!(await isThere(box, { withinMs, signal }))) return 'away';
				const tell = (what: string): void => output.progress(output.dim(printable(`${agent}: ${what}`)));
				return (await upgradeTo(box, { broker, url, signal, tell })).action;
			},
			onOutcome: ({ agent, action }) => output.progress(printable(`${agent}: ${action}`)),
		});
		const columns = [
			{ title: 'BOX', of: ({ agent }: Outcome) => printable(agent) },
			{ title: 'RELEASE', of: ({ release = '' }: Outcome) => printable(release) },
			{
				title: 'OUTCOME',
				of: (each: Outcome) => (hasRelease(each) ? output.green : output.red)(each.action),
			},
			{ title: 'REASON', of: (outcome: Outcome) => printable(reasonOf(outcome)?.message ?? '') },
		];
		output.result({ boxes: outcomes.map(toJson) }, table({ rows: outcomes, head: output.bold, columns }));
		requireAll(outcomes);
	},
};

/** Errors: those of `Controller.reach`, but for `no-answer`. */
async function isThere(box: Controller, within: { withinMs: number; signal: AbortSignal }): Promise<boolean> {
	return box.reach(within).then(
		() => true,
		(error) => {
			if (error.code !== 'no-answer') throw error;
			return false;
		},
	);
}

/** Errors: those of `releaseFor`, but for `unknown-release`. */
async function foundFor(box: Controller, named: ReleaseNamed): Promise<Found> {
	try {
		return { release: await releaseFor(box, named) };
	} catch (error) {
		if (codeOf(error) !== 'unknown-release') throw error;
		return { action: 'unreleased', error };
	}
}

function toJson(outcome: Outcome): object {
	const { agent, action, release: url } = outcome;
	return { agent, action, ...(url !== undefined && { url }), ...reasonOf(outcome) };
}

function reasonOf(outcome: Outcome): { code: string; message: string } | undefined {
	return 'error' in outcome ? errorJson(outcome.error).error : undefined;
}

/** Errors: `campaign-failed`, `boxes-away`, `boxes-unreleased`. */
function requireAll(outcomes: readonly Outcome[]): void {
	const count = (wanted: Outcome['action']): number =>
		outcomes.filter(({ action }) => action === wanted).length;
	const [failed, left, away, unreleased] = [
		count('failed'),
		count('left'),
		count('away'),
		count('unreleased'),
	];
	if (failed > 0)
		throw new CliError(
			'campaign-failed',
			`${failed} of ${outcomes.length} boxes failed, and ${left} were left alone`,
		);
	if (away > 0)
		throw new CliError(
			'boxes-away',
			`${away} of ${outcomes.length} boxes were not there: run it again for them`,
		);
	// Last, as nothing but another release helps: whoever tries again until all were there ends here.
	if (unreleased > 0)
		throw new CliError(
			'boxes-unreleased',
			`${unreleased} of ${outcomes.length} boxes were not touched: there is no such release for their board`,
		);
}

/** Errors: `usage`, `no-such-file`. */
async function boxesOf(context: Context): Promise<string[]> {
	const file = text(context, 'boxes');
	const named = texts(context, 'box');
	if (file !== undefined) named.push(...linesOf(await contentOf(resolve(context.cwd, file))));
	if (named.length === 0) throw new CliError('usage', 'name boxes with --box ID or --boxes FILE');
	const wrong = named.find((id) => !/^[^\s:]+:[^\s:]*:\S+$/.test(id));
	if (wrong !== undefined)
		throw new CliError('usage', `"${wrong}" is no endpoint id, as os::00D09E-BOX-000001 is`);
	return named;
}

async function contentOf(file: string): Promise<string> {
	return readFile(file, 'utf8').catch((cause) => {
		throw new CliError('no-such-file', `${file} cannot be read: ${cause.message}`, { cause });
	});
}

function linesOf(content: string): string[] {
	return content
		.split('\n')
		.map((line) => line.replace(/#.*/, '').trim())
		.filter((line) => line !== '');
}
