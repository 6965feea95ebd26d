// What an operator sees of a box from outside, through the same commands that a person types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Order } from '../../../modules/probe/testbed.ts';
import { type } from '../../cli/trial-desk.ts';
import { agentId } from '../../start/stage.ts';
import { TestBox } from './test-box.ts';

const box = await TestBox.start();
const { broker, repositoryDirectory } = box.stage.headend;
const repository = join(import.meta.dirname, '../../..');

test.after.always(() => box[Symbol.asyncDispose]());

const mullion = (...argv: string[]) =>
	type([...argv, '--broker', broker, '--agent', agentId, '--repository', repositoryDirectory], {
		cwd: repository,
	});

/** Resolves when the probe runs again after an order that it fails at twice. */
async function survives(order: Order): Promise<void> {
	const from = box.lines.length;
	await box.order(order);
	const aside = box.lines.indexOf(
		await box.line(/probe: a message on probe\.order .* was set aside/, from),
		from,
	);
	await box.line(/probe: starting -> running/, aside);
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
