/** The recorder of a box under test: installed, asked, and looked at on the disk. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { allImports } from '../../../modules/probe/testbed.ts';
import { decodeAny, encodeAny } from '../../../proto/host/codec.ts';
import { prepareComponent } from '../../../runtime/component/prepare.ts';
import { buildModule } from '../../build/component.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import type { TestBox } from './test-box.ts';
import { type Json, withManifest } from './variant.ts';

const source = new URL('../../../modules/recorder', import.meta.url).pathname;
const lookMs = 100;

export interface Programme {
	readonly name: string;
	/** `STATE_WAITING`, `STATE_RECORDING`, `STATE_RECORDED`; left out for the first. */
	readonly state?: string;
	readonly bytes?: number;
	readonly size?: number;
	readonly code?: string;
	readonly sha256?: string;
	readonly play?: string;
	readonly trouble?: string;
}

export class Recorder {
	readonly #box: TestBox;
	readonly #schema: object;

	private constructor(box: TestBox, schema: object) {
		this.#box = box;
		this.#schema = schema;
	}

	/** @param settings instead of those of its manifest; @param grant what it may have on the disk */
	static async install(
		box: TestBox,
		{ settings, grant }: { readonly settings?: Json; readonly grant?: Json } = {},
	): Promise<Recorder> {
		const [built] = await buildModule({ directory: source });
		if (built === undefined) throw new Error('the recorder was not built');
		const { schema } = await prepareComponent(built.bytes, { provided: allImports });
		const bytes = withManifest(built.bytes, ({ config, capabilities, ...manifest }) => ({
			...manifest,
			config:
				settings === undefined
					? config
					: {
							type: 'recorder.Settings',
							bytes: encodeAny(JSON.parse(schema), 'recorder.Settings', settings).toBase64(),
						},
			capabilities: { ...(capabilities as Json), ...(grant && { recordings: grant }) },
		}));
		const { manifest } = await prepareComponent(bytes, { provided: allImports });
		const { fault, code } = await box.install(await box.publish({ bytes, manifest }));
		if (fault !== 0) throw new Error(`the recorder is not installed: ${code}`);
		return new Recorder(box, JSON.parse(schema));
	}

	/** Puts a programme on the content server. */
	async broadcast(name: string, content: number | Uint8Array): Promise<{ url: string; bytes: Uint8Array }> {
		const bytes = typeof content === 'number' ? new Uint8Array(randomBytes(content)) : content;
		await writeFile(join(dirname(this.#box.media.path), name), bytes);
		return { url: new URL(name, this.#box.stage.mediaUrl).href, bytes };
	}

	/** With a code in place of a programme where it refuses. */
	async start(request: Json): Promise<Programme> {
		const { programme, ...refusal } = await this.#ask('start', 'Start', request);
		return (programme ?? refusal) as Programme;
	}

	async stop(name: string): Promise<Programme> {
		return (await this.#ask('stop', 'Stop', { name }))['programme'] as Programme;
	}

	async delete(name: string): Promise<void> {
		await this.#ask('delete', 'Delete', { name });
	}

	async list(): Promise<Programme[]> {
		return ((await this.#ask('list', 'List', {}))['programmes'] ?? []) as Programme[];
	}

	/** Resolves with the first look at it that is as it should be; one that has ended otherwise is an error. */
	async until(name: string, isRight: (programme: Programme) => boolean): Promise<Programme> {
		for (;;) {
			const programme = await this.#look(name);
			if (programme !== undefined && isRight(programme)) return programme;
			if (programme?.state === 'STATE_RECORDED')
				throw new Error(`${name} has ended: ${JSON.stringify(programme)}`);
			await pause(lookMs);
		}
	}

	recorded(name: string): Promise<Programme> {
		return this.until(name, ({ state }) => state === 'STATE_RECORDED');
	}

	/** As it is on the disk of the box. */
	async onDisk(name: string): Promise<Uint8Array> {
		return new Uint8Array(await readFile(join(this.#folder, `${name}.whole`)));
	}

	async files(): Promise<string[]> {
		return (await readdir(this.#folder)).sort();
	}

	get #folder(): string {
		return join(this.#box.directory, 'box', 'state', 'recordings', 'recorder');
	}

	/** Undefined where the box cannot be asked right now. */
	async #look(name: string): Promise<Programme | undefined> {
		try {
			return (await this.list()).find((programme) => programme.name === name);
		} catch (error) {
			if (error instanceof ControllerError) return undefined;
			throw error;
		}
	}

	async #ask(topic: string, type: string, request: Json): Promise<Json> {
		const payload = encodeAny(this.#schema, `recorder.${type}Request`, request);
		const { Payload = '' } = await this.#box.stage.operator.operate(
			'Device.X_MULLION_Bus.Request()',
			{ Topic: `recorder.${topic}`, Payload: payload.toBase64(), DeadlineMs: '10000' },
			{ isSync: true },
		);
		return decodeAny(this.#schema, `recorder.${type}Reply`, Uint8Array.fromBase64(Payload)) as Json;
	}
}
