/** A recorder in its VM on a box in memory, with a content server that does what it is told: for tests. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { PlayerState } from '../../proto/host/bus/media.ts';
import { decodeAny, encodeAny } from '../../proto/host/codec.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { Allowances } from '../../runtime/capability/allowances.ts';
import { clock as clockCapability } from '../../runtime/capability/clock.ts';
import { Capabilities } from '../../runtime/capability/link-vm.ts';
import { log } from '../../runtime/capability/log.ts';
import { networkStream } from '../../runtime/capability/network-stream.ts';
import type { MemoryRecordingFiles } from '../../runtime/capability/recordings/memory-recording-files.ts';
import { recordings } from '../../runtime/capability/recordings/recordings.ts';
import { makeShelves } from '../../runtime/capability/recordings/testbed.ts';
import { type SimulatedStream, SimulatedStreams } from '../../runtime/capability/simulated-streams.ts';
import { prepareComponent, withManifest } from '../../runtime/component/prepare.ts';
import type { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { inlineCells } from '../../runtime/vm/inline-cell.ts';
import { Supervisor } from '../../runtime/vm/supervisor.ts';
import { buildModule } from '../../tools/build/component.ts';
import { allImports } from '../probe/testbed.ts';

const [built] = await buildModule({ directory: fileURLToPath(new URL('.', import.meta.url)) });
if (built === undefined) throw new Error('the recorder was not built');
const component = await prepareComponent(built.bytes, { provided: allImports });
const schema = JSON.parse(component.schema);

const stepMs = 20;

export type Answer = Readonly<Record<string, unknown>>;

/** What the server does with a stream that is open; true once it has ended it. */
export type Conduct = (stream: SimulatedStream) => boolean;

export class RecorderBox {
	readonly clock: ManualClock;
	readonly streams = new SimulatedStreams();
	/** What was published on `recorder.state`. */
	readonly states: Answer[] = [];
	/** What was asked for, in order. */
	readonly asked: {
		readonly atMs: number;
		readonly baseband: string;
		readonly url: string;
		readonly from: number;
		readonly to: number;
	}[] = [];
	/** Where fetches go. */
	network: string | undefined = 'wlan0';
	conduct: Conduct;
	readonly files: MemoryRecordingFiles;
	readonly #hub: Hub;
	readonly #supervisor: Supervisor;
	readonly #beganUs: number;
	readonly #answered = new Set<SimulatedStream>();

	private constructor(
		parts: Pick<RecorderBox, 'clock' | 'conduct' | 'files'> & {
			readonly hub: Hub;
			readonly supervisor: Supervisor;
			readonly streams: SimulatedStreams;
		},
	) {
		this.clock = parts.clock;
		this.conduct = parts.conduct;
		this.files = parts.files;
		this.streams = parts.streams;
		this.#hub = parts.hub;
		this.#supervisor = parts.supervisor;
		this.#beganUs = parts.clock.now();
		this.#hub.listen('recorder.state', ({ payload }) =>
			this.states.push(decodeAny(schema, 'recorder.Programme', payload)),
		);
	}

	/** @param files of a box that was before this one; @param clock that it had */
	static async start(
		t: ExecutionContext,
		given: {
			readonly conduct: Conduct;
			readonly files?: MemoryRecordingFiles;
			readonly clock?: ManualClock;
			readonly settings?: Answer;
		},
	): Promise<RecorderBox> {
		const { shelves, files, clock } = makeShelves(given);
		const hub = new Hub();
		const streams = new SimulatedStreams();
		let box: RecorderBox | undefined;
		const capabilities = new Capabilities([
			log,
			clockCapability,
			networkStream({
				streams,
				allowances: await Allowances.open({ directory: new MemoryDirectory(), clock }),
				bestNetwork: () => box?.network,
			}),
			recordings({ clock, hub, shelves }),
		]);
		const supervisor = new Supervisor({ clock, cells: inlineCells(clock), hub, capabilities });
		t.teardown(() => supervisor.close());
		box = new RecorderBox({ clock, conduct: given.conduct, files, hub, supervisor, streams });
		const { manifest } = component;
		const config =
			given.settings === undefined
				? manifest.config
				: { ...manifest.config, bytes: encodeAny(schema, 'recorder.Settings', given.settings) };
		supervisor.start({
			name: 'recorder',
			component: withManifest(component, { ...manifest, config }),
			baseband: '',
		});
		await supervisor.settled('recorder');
		return box;
	}

	/** Time goes on until this is so, or for so long. */
	async run(mostMs: number, isDone: () => boolean = () => false): Promise<void> {
		for (let ms = 0; ms < mostMs && !isDone(); ms += stepMs) {
			for (let left = 12; left > 0; left--) await new Promise(setImmediate);
			for (const stream of this.streams.opened) this.#serve(stream);
			this.clock.advance(stepMs);
		}
	}

	/** Asks and waits for the answer. */
	async ask(topic: string, type: string, request: Answer): Promise<Answer> {
		let answer: Answer | undefined;
		let failure: unknown;
		const payload = encodeAny(schema, `recorder.${type}Request`, request);
		this.#hub.request({ topic: `recorder.${topic}`, payload, deadlineMs: 60_000 }).then(
			(bytes) => {
				answer = decodeAny(schema, `recorder.${type}Reply`, bytes);
			},
			(error: unknown) => {
				failure = error;
			},
		);
		await this.run(60_000, () => answer !== undefined || failure !== undefined);
		if (answer === undefined) throw failure ?? new Error('no answer');
		return answer;
	}

	async start(request: Answer): Promise<Answer> {
		const { programme, ...refusal } = await this.ask('start', 'Start', request);
		return (programme ?? refusal) as Answer;
	}

	async look(name: string): Promise<Answer | undefined> {
		const { programmes = [] } = await this.ask('list', 'List', {});
		return (programmes as Answer[]).find((one) => one['name'] === name);
	}

	/** Resolves once it has ended, with how. */
	async recorded(name: string, mostMs = 120_000): Promise<Answer> {
		const isIt = (state: Answer): boolean => state['name'] === name && state['state'] === 'STATE_RECORDED';
		await this.run(mostMs, () => this.states.some(isIt));
		const found = this.states.find(isIt);
		if (found === undefined)
			throw new Error(`${name} has not ended: ${JSON.stringify(await this.look(name))}`);
		return found;
	}

	async onDisk(name: string): Promise<Uint8Array> {
		return this.files.folder('recorder').read(`${name}.whole`, 0, 10_000_000);
	}

	/** A player says how it is. */
	play(bufferedMs: number, waiting = false): void {
		this.#hub.publish('media.state', PlayerState.encode({ session: 'one', bufferedMs, waiting }));
	}

	close(): Promise<void> {
		return this.#supervisor.close();
	}

	#serve(stream: SimulatedStream): void {
		if (this.#answered.has(stream) || !stream.isOpen) return;
		if (!this.asked.some((one) => one === this.#requests.get(stream))) this.#note(stream);
		if (this.conduct(stream)) this.#answered.add(stream);
	}

	readonly #requests = new Map<SimulatedStream, RecorderBox['asked'][number]>();

	#note(stream: SimulatedStream): void {
		const { baseband, url, offset, length } = stream.request;
		const atMs = (this.clock.now() - this.#beganUs) / 1000;
		const request = { atMs, baseband, url: url.href, from: offset, to: offset + length };
		this.#requests.set(stream, request);
		this.asked.push(request);
	}
}

/** A server that sends what is asked for at once. */
export function serving(programmes: Readonly<Record<string, Uint8Array>>): Conduct {
	return ({ request: { url, offset, length }, far }) => {
		const programme = programmes[url.pathname.slice(1)];
		if (programme === undefined || offset >= programme.length) far.fail('refused', 'there is no such thing');
		else {
			const to = length === 0 ? programme.length : Math.min(programme.length, offset + length);
			for (let at = offset; at < to; at += 10_000)
				far.chunk(at, programme.subarray(at, Math.min(to, at + 10_000)));
			far.end(programme.length);
		}
		return true;
	};
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const programme = (length: number, seed = 1): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => ((at * 2_654_435_761 + seed) >>> 11) & 0xff);
