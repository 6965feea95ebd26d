/**
 * What a cell and the platform tell each other. All of it is data that can cross a thread.
 *
 * A cell settles by itself what stays inside it: messages between its own VMs, their timers,
 * their requests to each other. It reports what somebody else has to do or to know.
 */
import type { StringEncoding } from '../component/decode.ts';
import type { Effect, Event, Failure, Level } from '../component/generated/service.ts';
import type { ForeignCode } from '../foreign/foreign-code.ts';
import type { Budget, FullPolicy, Priority } from '../module/manifest.ts';
import type { VmErrorCode } from './error.ts';

/** Number of a VM on this box; 0 is the platform itself. */
export type VmId = number;

export const platformId: VmId = 0;

/** One topic of a VM; its place in `VmSpec.topics` is the number that the guest uses for it. */
export interface TopicGrant {
	readonly name: string;
	readonly mayPublish: boolean;
	readonly maySubscribe: boolean;
	readonly whenFull: FullPolicy;
}

export interface VmSpec {
	readonly name: string;
	readonly module: WebAssembly.Module;
	readonly encoding: StringEncoding;
	/** Instead of `module`, for what the generic linker links. */
	readonly foreign?: ForeignCode;
	readonly priority: Priority;
	readonly budget: Budget;
	readonly topics: readonly TopicGrant[];
	/** Effects beyond the bus and timers that its capabilities allow. */
	readonly effects: readonly BoxEffect['tag'][];
	readonly config: Uint8Array;
	readonly baseband: string;
	readonly log: { readonly linesPerTurn: number; readonly bytesPerTurn: number };
	/** What its key-value bucket holds now; undefined where it has none. */
	readonly bucket?: ReadonlyMap<string, Uint8Array>;
	/** The most its bucket may hold, keys and values together. */
	readonly bucketBytes?: number;
	/** The time a turn is given is a multiple of this. */
	readonly clockStepUs: number;
}

/** An effect that the box carries out, not the cell. */
export type BoxEffect = Extract<Effect, { tag: 'put' | 'delete' | 'fetch' | 'cancel-fetch' | 'play' }>;

/** An event that the box, not another VM, has for a VM. */
export type BoxEvent = Extract<Event, { tag: 'chunk' | 'stream-ended' | 'sink' }>;

export type Outcome =
	| { readonly tag: 'ok'; readonly val: Uint8Array }
	| { readonly tag: 'err'; readonly val: Failure };

export interface LogLine {
	readonly level: Level;
	readonly text: string;
}

export type CellCommand =
	| { readonly tag: 'start'; readonly vm: VmId; readonly spec: VmSpec }
	| { readonly tag: 'stop'; readonly vm: VmId }
	| { readonly tag: 'event'; readonly vm: VmId; readonly event: BoxEvent }
	/** Topics that somebody outside this cell subscribes. */
	| { readonly tag: 'wanted'; readonly topics: readonly string[] }
	| { readonly tag: 'publish'; readonly topic: string; readonly sender: VmId; readonly payload: Uint8Array }
	/** A request for `vm`, or for whoever in this cell serves the topic. */
	| {
			readonly tag: 'request';
			readonly vm?: VmId;
			readonly topic: string;
			readonly sender: VmId;
			readonly correlation: number;
			readonly deadlineMs: number;
			readonly payload: Uint8Array;
	  }
	| { readonly tag: 'answer'; readonly correlation: number; readonly outcome: Outcome }
	| { readonly tag: 'count' };

export type CellReport =
	| { readonly tag: 'started'; readonly vm: VmId; readonly tookUs: number }
	| { readonly tag: 'stopped'; readonly vm: VmId }
	| {
			readonly tag: 'fault';
			readonly vm: VmId;
			readonly code: VmErrorCode;
			readonly message: string;
			/** What the VM said in the turn that failed. */
			readonly log: readonly LogLine[];
	  }
	/** A message that ended two turns badly by itself and is not delivered again. */
	| { readonly tag: 'set-aside'; readonly vm: VmId; readonly topic: string; readonly payload: Uint8Array }
	| { readonly tag: 'published'; readonly vm: VmId; readonly topic: string; readonly payload: Uint8Array }
	| {
			readonly tag: 'request';
			readonly vm: VmId;
			readonly topic: string;
			readonly correlation: number;
			readonly deadlineMs: number;
			readonly payload: Uint8Array;
	  }
	| { readonly tag: 'answer'; readonly correlation: number; readonly outcome: Outcome }
	| { readonly tag: 'effect'; readonly vm: VmId; readonly effect: BoxEffect }
	| { readonly tag: 'log'; readonly vm: VmId; readonly line: LogLine }
	| { readonly tag: 'counts'; readonly vms: readonly VmCounts[] };

/** What a VM has done since it was started. */
export interface VmCounts {
	readonly vm: VmId;
	readonly turns: number;
	readonly events: number;
	/** Wall time inside the guest, microseconds. */
	readonly busyUs: number;
	readonly memoryBytes: number;
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly dropped: number;
}
