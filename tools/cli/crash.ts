/** `mullion crash`: what is known of turns that failed, down to the line of the source. */
import type { CrashFrame, CrashReport } from '../../firmware/agent/ports.ts';
import type { Controller } from '../controller/controller.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { crashText } from './crash-text.ts';
import { findMap, mapIn } from './debug-maps.ts';
import { headendOptions } from './headend-file.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { type Place, SourcePlaces } from './source-places.ts';
import { table } from './table.ts';

export interface ShownFrame extends CrashFrame {
	/** Undefined where no map says it. */
	readonly place: Place | undefined;
}

export interface ShownCrash extends Omit<CrashReport, 'stack'> {
	readonly stack: readonly ShownFrame[];
	/** Whether the map of just this module was found. */
	readonly hasMap: boolean;
}

interface Summary {
	readonly Id: string;
	readonly Time: string;
	readonly Vm: string;
	readonly Version: string;
	readonly Code: string;
	readonly Budget: string;
	readonly Message: string;
}

export const crash: Command = {
	name: 'crash',
	summary: 'Shows the crashes of VMs: all in a list, or one with its stack, its log and what it was given.',
	usage: '[VM|ID] [OPTIONS]',
	options: {
		list: { type: 'boolean', short: 'l', help: 'the list also where a VM is named' },
		map: {
			type: 'string',
			value: 'FILE',
			help: 'map of the module, dist/NAME.wasm.map, where it was not pushed from here',
		},
		...headendOptions,
	},
	examples: [
		['mullion crash', 'all that are known, the latest first'],
		['mullion crash player-rich@wlan0', 'the latest of one VM'],
		['mullion crash player-rich@wlan0:2', 'one of the list'],
	],
	run: async (context) => {
		const { args, options, output } = context;
		const [which = '', ...rest] = args;
		if (rest.length > 0) throw new CliError('usage', 'name one VM or crash; see npx mullion crash --help');
		await withBox(context, async (box) => {
			const crashes = await read(box, which);
			if (which === '' || options['list'] === true) return output.result(crashes, listText(crashes, output));
			const [latest] = crashes;
			if (latest === undefined) throw new CliError('no-crash', `no crash of "${which}" is known`);
			const args = { Id: latest.Id };
			const { Report = '' } = await box.operate('Device.X_MULLION_Crash.Read()', args, { isSync: true });
			const shown = await withPlaces(JSON.parse(Report) as CrashReport, context);
			output.result(shown, crashText(shown, output));
		});
	},
};

/** @param which a VM, the id of one crash, or empty for all */
async function read(box: Controller, which: string): Promise<Summary[]> {
	const [vm = '', number] = which.split(':');
	const { Crashes = '[]' } = await box.operate('Device.X_MULLION_Crash.List()', { Vm: vm }, { isSync: true });
	const crashes = JSON.parse(Crashes) as Summary[];
	return number === undefined ? crashes : crashes.filter(({ Id }) => Id === which);
}

async function withPlaces(report: CrashReport, context: Context): Promise<ShownCrash> {
	const file = text(context, 'map');
	const map = file === undefined ? await findMap(context, report.digest) : await mapIn(file, context);
	const places = map && new SourcePlaces(map, context);
	const stack = report.stack.map((frame) => ({
		...frame,
		name: frame.name || (places?.functionName(frame.function) ?? ''),
		place: frame.offset < 0 ? undefined : places?.at(frame.offset),
	}));
	return { ...report, stack, hasMap: map !== undefined };
}

function listText(crashes: readonly Summary[], output: Output): string {
	if (crashes.length === 0) return output.dim('No VM has crashed yet.');
	return table({
		rows: crashes,
		head: output.bold,
		columns: [
			{ title: 'CRASH', of: ({ Id }) => printable(Id) },
			{ title: 'TIME', of: ({ Time }) => Time.slice(0, 19).replace('T', ' ') },
			{ title: 'VERSION', of: ({ Version }) => printable(Version) },
			{ title: 'WHY', of: ({ Code, Budget }) => printable(Budget === '' ? Code : `${Code} (${Budget})`) },
			{ title: 'MESSAGE', of: ({ Message }) => output.dim(printable(Message).slice(0, 80)) },
		],
	});
}
