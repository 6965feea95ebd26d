// What an operator sees of a box from outside, through the same commands that a person types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readMetrics } from '../../../firmware/box/metrics-reader.fixture.ts';
import type { Order } from '../../../modules/probe/testbed.ts';
import { type } from '../../cli/trial-desk.ts';
import { agentId } from '../../start/stage.ts';
import { TestBox } from './test-box.ts';

const box = await TestBox.start({ metrics: { port: 0 } });
const { broker, repositoryDirectory } = box.stage.headend;
const repository = join(import.meta.dirname, '../../..');

test.after.always(() => box[Symbol.asyncDispose]());

const mullion = (...argv: string[]) =>
	type([...argv, '--broker', broker, '--agent', agentId, '--repository', repositoryDirectory], {
		cwd: repository,
	});

/** Gives the probe an order that it fails at twice, and forgives it. */
async function survives(order: Order): Promise<void> {
	const from = box.lines.length;
	await box.order(order);
	await box.line(/probe: a message on probe\.order .* was set aside/, from);
	await box.restart('probe');
	const forgiven = box.lines.indexOf(await box.line(/probe: .*: restart asked for/, from), from);
	await box.line(/probe: starting -> running/, forgiven);
}

const sourceFile = 'modules/probe/assembly/index.ts';
const source = readFileSync(join(repository, sourceFile), 'utf8').split('\n');
const lineOf = (text: string): number => source.findIndex((line) => line.includes(text)) + 1;

interface Frame {
	readonly name: string;
	readonly place?: { readonly file: string; readonly line: number; readonly text: string };
}

const placesOf = ({ stack }: { stack: readonly Frame[] }): string[] =>
	stack.flatMap(({ place }) => (place === undefined ? [] : [`${place.file}:${place.line}`]));

test.serial(
	'a module is pushed, traps as ordered, and its crash is shown down to the line of its source',
	async (t) => {
		t.is((await mullion('push', 'modules/probe')).code, 0);
		await survives({ what: 'trap' });

		const { json } = await mullion('crash', 'probe', '--json');

		const crash = json() as { stack: Frame[]; digest: string };
		t.true(placesOf(crash).includes(`${sourceFile}:${lineOf('throw new Error("as ordered")')}`));
		t.is(crash.stack.find(({ place }) => place?.file === sourceFile)?.name, 'Probe#obey');
		t.like(crash, {
			id: 'probe:2',
			code: 'trapped',
			module: 'probe',
			version: '0.1.0',
			hasMap: true,
			givenCount: 1,
			given: [{ topic: 'probe.order' }],
			log: [{ text: 'about to trap' }, { level: 'error' }],
		});
	},
);

test.serial(
	'a turn that used up its time is shown in the loop that it never left, with the budget by name',
	async (t) => {
		const told: Readonly<Record<string, string>>[] = [];
		const listening = await box.stage.operator.subscribe('Device.X_MULLION_Crash.Crash!', ({ args }) =>
			told.push(args),
		);
		await survives({ what: 'loop' });

		const { json } = await mullion('crash', 'probe', '--json');

		const crash = json() as { stack: Frame[] };
		t.true(placesOf(crash).includes(`${sourceFile}:${lineOf('while (true) this.orders++')}`));
		await listening.remove();
		t.like(told[0], { Id: 'probe:3', Vm: 'probe', Code: 'over-budget', Budget: 'turn-time' });
		t.like(crash, { id: 'probe:4', code: 'over-budget', budget: 'turn-time', budgets: { turnMs: 200 } });
	},
);

test.serial(
	'the crashes of a box are listed, and each of the last ones can be read by its name',
	async (t) => {
		for (const [what, count] of [
			['grow', 0],
			['put', 2000],
			['flood', 513],
		] as const)
			await survives({ what, count, text: what === 'put' ? 'x' : '' });

		const listed = (await mullion('crash', '--json')).json() as { Id: string; Budget: string }[];

		t.deepEqual(
			listed.map(({ Id, Budget }) => `${Id} ${Budget}`),
			['probe:10 effects', 'probe:9 effects', 'probe:8 storage', 'probe:7 storage', 'probe:6 memory'],
		);
		const { out } = await mullion('crash', 'probe:6');
		t.regex(out, /probe:6 .*\ntrapped \(memory\): .* of \d+ KiB of memory in use/);
		t.regex(out, /at Probe#obey modules\/probe\/assembly\/index\.ts:\d+:\d+\n +while \(true\) kept\.push/);
		t.regex(
			(await mullion('crash', 'probe:10')).out,
			/flooded \(effects\): .*\n.*\n\nNo stack: the guest had returned already/,
		);
		await survives({ what: 'recurse' });
		t.regex(
			(await mullion('crash', 'probe')).out,
			/at Probe#depth .*\n +return at < 0 .*\n(?: {2}at Probe#depth .*\n)? +and \d+ more of the same\n/,
		);
		t.like(await mullion('crash', 'probe:99', '--json'), { code: 1 });
	},
);

test.serial('what exceeded which budget stands in the status, and in what the box says', async (t) => {
	const { out } = await mullion('status');

	t.regex(out, /EXCEEDED BY +BUDGET +TIMES +LAST +WHAT\n/);
	for (const [budget, times] of [
		['effects', 2],
		['storage', 2],
		['memory', 2],
		['turn-time', 2],
	])
		t.regex(out, new RegExp(`probe +${budget} +${times} +\\d\\d:\\d\\d:\\d\\d +\\S`));
	t.true(box.lines.some((line) => /probe exceeded its budget "turn-time" \(1 so far\): /.test(line)));
});

test.serial('the VMs of a box are shown with what they do', async (t) => {
	await box.order({ what: 'every', count: 5, text: 'tick' });

	const { vms } = (await mullion('top', '--json')).json() as { vms: Record<string, unknown>[] };

	const probe = vms.find(({ vm }) => vm === 'probe') ?? {};
	t.like(probe, {
		class: 'interactive',
		cell: 'open-interactive',
		state: 'running',
		exceeded: ['effects', 'storage', 'memory', 'turn-time'],
	});
	t.deepEqual(probe['faults'], { trapped: 6, 'over-budget': 2, 'over-quota': 2, flooded: 2 });
	t.true(Number(probe['turnsPerSecond']) > 20, JSON.stringify(probe));
	t.true(Number(probe['memoryKib']) >= 64 && Number(probe['turnP99Us']) > 0);
});

test.serial(
	'messages are traced as text, by topic and by sender, until the tool has had enough',
	async (t) => {
		const enough = new AbortController();
		const heard: { topic: string; vm: string; message?: { text?: string } }[] = [];
		const argv = [
			'trace',
			'probe.*',
			'--json',
			'--broker',
			broker,
			'--agent',
			agentId,
			'--repository',
			repositoryDirectory,
		];
		const tracing = type(argv, {
			cwd: repository,
			signal: enough.signal,
			heard: (line) => {
				heard.push(JSON.parse(line));
				if (
					heard.some(({ topic }) => topic === 'probe.order') &&
					heard.some(({ topic }) => topic === 'probe.out')
				)
					enough.abort();
			},
		});
		// Sent again and again: a trace shows what passes while it looks, not what was before.
		while (!enough.signal.aborted) await box.order({ what: 'count' });

		t.is((await tracing).code, 0);
		t.like(
			heard.find(({ topic }) => topic === 'probe.order'),
			{
				vm: '',
				kind: 'message',
				type: 'probe.Order',
				message: { what: 'count' },
			},
		);
		t.like(
			heard.find(({ topic, message }) => topic === 'probe.out' && message?.text === 'orders'),
			{ vm: 'probe', type: 'probe.Word' },
		);
		t.like(await box.stage.operator.get(['Device.X_MULLION_Trace.']), {
			'Device.X_MULLION_Trace.': { Traces: '0' },
		});
	},
);

test.serial('a flood that is traced is shown in part, and the rest is counted', async (t) => {
	const { operator } = box.stage;
	const args = { Trace: 'flood', Topics: 'probe.out', Vm: 'probe' };
	const read = () => operator.operate('Device.X_MULLION_Trace.Read()', args, { isSync: true });
	await read();
	let [shown, leftOut] = [0, 0];
	for (let round = 0; round < 200 && leftOut === 0; round++) {
		await box.order({ what: 'flood', count: 400 });
		const { Messages = '[]', LeftOut } = await read();
		shown += (JSON.parse(Messages) as unknown[]).length;
		leftOut += Number(LeftOut);
	}

	t.true(shown > 0 && leftOut > 0, `${shown} shown, ${leftOut} left out`);
	await t.throwsAsync(
		operator.operate('Device.X_MULLION_Trace.Read()', { ...args, Topics: 'Probe' }, { isSync: true }),
	);
	await operator.operate('Device.X_MULLION_Trace.End()', args, { isSync: true });
});

test.serial('what a box counts is served to Prometheus on a local port', async (t) => {
	const [, url = ''] = /metrics are at (\S+)/.exec(await box.line(/metrics are at/)) ?? [];

	const families = readMetrics(await (await fetch(url)).text());

	const value = (name: string, labels: Record<string, string> = {}): number => {
		const samples =
			families.find((family) => family.samples.some((each) => each.name === name))?.samples ?? [];
		const fits = (sample: { name: string; labels: Record<string, string> }) =>
			sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text);
		return samples.find(fits)?.value ?? Number.NaN;
	};
	t.is(value('mullion_vm_faults_total', { vm: 'probe', code: 'over-budget' }), 2);
	// The flood may have come in one turn, and been too much for its memory.
	t.true(value('mullion_vm_budget_exceeded_total', { vm: 'probe', budget: 'memory' }) >= 2);
	// One for the first failure at each order, and one for the second where it was forgiven late.
	t.true(value('mullion_vm_restarts_total', { vm: 'probe' }) >= 5);
	t.is(value('mullion_cell_up', { cell: 'open-interactive' }), 1);
	t.is(value('mullion_network_up', { network: 'lte0' }), 1);
	t.true(value('mullion_vm_turns_total', { vm: 'probe' }) > 0);
	t.is(
		value('mullion_vm_turn_seconds_count', { vm: 'probe' }),
		value('mullion_vm_turns_total', { vm: 'probe' }),
	);
	t.true(value('mullion_vm_turn_seconds', { vm: 'probe', quantile: '0.99' }) > 0);
	t.true(value('mullion_vm_sent_messages_total', { vm: 'probe' }) > 400);
	t.is(value('mullion_handoffs_total', { outcome: 'committed' }), 0);
});
