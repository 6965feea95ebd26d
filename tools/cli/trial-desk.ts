/** A folder with a running headend of doubles behind it: where tests type their commands. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { appendSections } from '../build/section.ts';
import { agentId, startTrial } from '../controller/trial-box.ts';
import { Repository } from '../headend/repository/repository.ts';
import { main } from './main.ts';

/** A component that has everything of a module but code. */
export function emptyModule(manifest: object, schema: object = {}): Uint8Array {
	const core = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
	const component = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 1, core.length, ...core);
	const text = (value: object) => new TextEncoder().encode(JSON.stringify(value));
	return appendSections(
		component,
		new Map([
			['mullion:manifest', text({ vendor: 'mullion', description: '', ...manifest })],
			['mullion:schema', text(schema)],
		]),
	);
}

interface TypeOptions {
	readonly cwd: string;
	readonly signal?: AbortSignal;
	/** Is told of everything that is written to stdout. */
	readonly heard?: (text: string) => void;
}

/** Types a command in a folder and resolves with what it wrote and its exit code. */
export async function type(argv: readonly string[], { cwd, signal, heard }: TypeOptions) {
	const [out, err] = [collector(heard), collector()];
	const world = { out, err, cwd, hasColour: true, signal: signal ?? new AbortController().signal };
	const code = await main(argv, world);
	return { code, out: out.text(), err: err.text(), json: () => JSON.parse(out.text()) as unknown };
}

export async function startFolder(t: ExecutionContext) {
	const cwd = await mkdtemp(join(tmpdir(), 'mullion-desk-'));
	t.teardown(() => rm(cwd, { recursive: true, force: true }));
	return cwd;
}

export async function startDesk(t: ExecutionContext) {
	const box = await startTrial(t);
	const cwd = await startFolder(t);
	const repository = await Repository.create({ directory: join(cwd, '.mullion', 'repository') });
	await mkdir(join(cwd, '.mullion'), { recursive: true });
	const headend = { broker: box.broker.url, repository: '.mullion/repository', agent: agentId };
	await writeFile(join(cwd, '.mullion', 'headend.json'), JSON.stringify(headend));
	return {
		...box,
		cwd,
		repository,
		type: (...argv: string[]) => type(argv, { cwd }),
		/** A module's file in the folder. */
		write: (name: string, bytes: Uint8Array) => writeFile(join(cwd, name), bytes),
	};
}

function collector(heard: (text: string) => void = () => undefined) {
	const parts: string[] = [];
	return {
		write: (text: string) => {
			parts.push(text);
			heard(text);
		},
		text: () => parts.join(''),
	};
}
