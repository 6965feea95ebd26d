/** A whole box under test: a process of its own, a broker, a repository, an operator, and eyes on all of them. */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeProbe } from '../../../modules/probe/testbed.ts';
import { operatorId, Stage, type StageOptions } from '../../start/stage.ts';
import { CommandEnds } from './command-ends.ts';
import { OperatedBox } from './operated-box.ts';
import { cutSample, type ShortMedia } from './short-media.ts';

export interface TestBoxOptions extends Partial<Omit<StageOptions, 'directory' | 'media' | 'onLine'>> {
	/** Length of what there is to play. Default 1000. */
	readonly mediaMs?: number;
}

export class TestBox extends OperatedBox implements AsyncDisposable {
	readonly stage: Stage;
	readonly ends: CommandEnds;
	/** What the content server has to play. */
	readonly media: ShortMedia;
	/** Folder of the whole stage; the box keeps its state in `box/state`. */
	readonly directory: string;
	readonly #said: string[];
	readonly #saying: EventEmitter;

	private constructor(
		parts: Pick<TestBox, 'stage' | 'ends' | 'probe' | 'media' | 'directory'> & {
			said: string[];
			saying: EventEmitter;
		},
	) {
		const { stage, probe } = parts;
		super({ probe, repository: stage.headend.repository, operator: () => stage.operator });
		this.stage = stage;
		this.ends = parts.ends;
		this.media = parts.media;
		this.directory = parts.directory;
		this.#said = parts.said;
		this.#saying = parts.saying;
	}

	/** Starts everything and powers the box on. */
	static async start({ mediaMs = 1000, ...options }: TestBoxOptions = {}): Promise<TestBox> {
		const probe = await makeProbe();
		const directory = await mkdtemp(join(tmpdir(), 'mullion-box-'));
		const media = await cutSample({ directory, ms: mediaMs });
		const said: string[] = [];
		const saying = new EventEmitter();
		const onLine = (line: string): void => {
			said.push(line);
			saying.emit('line', line);
		};
		const stage = await Stage.set({ ...options, media: media.path, directory, onLine });
		const ends = await CommandEnds.listen({ broker: stage.headend.broker, operator: operatorId });
		const box = new TestBox({ stage, ends, probe, media, directory, said, saying });
		await stage.powerOn();
		return box;
	}

	/** Everything the box has said on its console so far. */
	get lines(): readonly string[] {
		return this.#said;
	}

	/** Resolves with the first line from number `from` on that fits, said already or not yet. */
	async line(pattern: RegExp, from = 0): Promise<string> {
		const known = this.#said.slice(from).find((line) => pattern.test(line));
		if (known !== undefined) return known;
		const { promise, resolve } = Promise.withResolvers<string>();
		const listen = (line: string): void => {
			if (pattern.test(line)) resolve(line);
		};
		this.#saying.on('line', listen);
		return promise.finally(() => this.#saying.off('line', listen));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.ends[Symbol.asyncDispose]();
		await this.stage[Symbol.asyncDispose]();
		await rm(this.directory, { recursive: true, force: true });
	}
}
