/** Builds the diary, a service that uses everything the SDK has, and runs it by either linker. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { decodeComponent } from '../../../runtime/component/decode.ts';
import {
	type Effect,
	type Event,
	type Init,
	importsOf,
	type Result,
	ServiceGuest,
	type ServiceHost,
} from '../../../runtime/component/generated/service.ts';
import { GuestMemory } from '../../../runtime/component/guest-memory.ts';
import { type BuiltModule, buildModule } from '../component.ts';
import { busFolder } from '../house.ts';
import { linkByJco } from '../wit/proof/world.ts';

export const diaryFolder = join(import.meta.dirname, '../fixtures/diary');

/** A copy of the diary that may be changed and built, outside of the repository. */
export async function copyDiary(): Promise<{ directory: string; remove: () => Promise<void> }> {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-diary-'));
	await cp(diaryFolder, directory, { recursive: true });
	return { directory, remove: () => rm(directory, { recursive: true }) };
}

export async function buildDiary(): Promise<BuiltModule> {
	const { directory, remove } = await copyDiary();
	const [built] = await buildModule({ directory }).finally(remove);
	if (built === undefined) throw new Error('the diary has no persona');
	return built;
}

export interface Running {
	start(now: bigint, init: Init): Result<Effect[], string>;
	turn(now: bigint, inbox: Event[]): Result<Effect[], string>;
	readonly log: string[];
	readonly bucket: Map<string, Uint8Array>;
}

function hostOf(log: string[], bucket: ReadonlyMap<string, Uint8Array>): Required<ServiceHost> {
	return {
		log: { write: (level, message) => log.push(`${level}: ${message}`) },
		keyValue: { get: (key) => bucket.get(key) },
	};
}

export interface DirectRunning extends Running {
	readonly exports: WebAssembly.Exports;
}

export function runDirectly(module: WebAssembly.Module): DirectRunning {
	const log: string[] = [];
	const bucket = new Map<string, Uint8Array>();
	const guestMemory = new GuestMemory({ encoding: 'utf16' });
	const instance = new WebAssembly.Instance(module, importsOf(hostOf(log, bucket), guestMemory));
	const guest = new ServiceGuest(instance, guestMemory);
	return {
		start: guest.start.bind(guest),
		turn: guest.turn.bind(guest),
		log,
		bucket,
		exports: instance.exports,
	};
}

export async function runByJco(component: Uint8Array): Promise<Running> {
	const log: string[] = [];
	const bucket = new Map<string, Uint8Array>();
	const host = hostOf(log, bucket);
	const { guest } = (await linkByJco(component, {
		'mullion:service/log': host.log,
		'mullion:service/key-value': host.keyValue,
	})) as { guest: { start(now: bigint, init: Init): Effect[]; turn(now: bigint, inbox: Event[]): Effect[] } };
	const tagged = (call: () => Effect[]): Result<Effect[], string> => {
		try {
			return { tag: 'ok', val: call() };
		} catch (error) {
			if (typeof error === 'string') return { tag: 'err', val: error };
			throw error;
		}
	};
	return {
		start: (now, init) => tagged(() => guest.start(now, init)),
		turn: (now, inbox) => tagged(() => guest.turn(now, inbox)),
		log,
		bucket,
	};
}

export function coreOf({ bytes }: BuiltModule): WebAssembly.Module {
	return new WebAssembly.Module(new Uint8Array(decodeComponent(bytes).core));
}

const root = new protobuf.Root().loadSync([
	join(diaryFolder, 'proto/diary.proto'),
	join(busFolder, 'session.proto'),
]);

/** Bytes of a message, from its fields. */
export function encode(type: string, fields: Record<string, unknown>): Uint8Array {
	const message = root.lookupType(type);
	return new Uint8Array(message.encode(message.fromObject(fields)).finish());
}

export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
	const message = root.lookupType(type);
	return message.toObject(message.decode(bytes), { longs: String, defaults: true });
}

export const topics = ['diary.entry', 'diary.order', 'diary.note', 'session.control', 'session.checkpoint'];

export const init: Init = {
	vm: 7,
	config: encode('diary.Settings', { title: 'proof' }),
	topics,
	baseband: 'lte0',
};

export interface Sent {
	readonly topic: string;
	readonly payload: Uint8Array;
	/** A request if it is not 0. */
	readonly correlation?: number;
}

export function message({ topic, payload, correlation = 0 }: Sent): Event {
	return { tag: 'message', val: { topic: topics.indexOf(topic), sender: 3, correlation, payload } };
}

export interface Order {
	readonly what: string;
	readonly text?: string;
	readonly number?: number;
	readonly content?: Uint8Array;
}

export function order({ correlation = 0, ...fields }: Order & { correlation?: number }): Event {
	return message({ topic: 'diary.order', payload: encode('diary.Order', fields), correlation });
}
