/**
 * What a cell and the platform tell each other. All of it is data that can cross a thread.
 *
 * A cell settles by itself what is between VMs, in its own thread or, over rings, with another cell's:
 * messages, timers, requests. It reports what the box has to do or to know.
 */
import type { TapCredit } from '../bus/tap.ts';
import type { StringEncoding } from '../component/decode.ts';
import type { Effect, Event, Failure, Level } from '../component/generated/service.ts';
import type { CodeKey } from '../component/service-code.ts';
import type { ForeignCode } from '../foreign/foreign-code.ts';
import type { Budget, FullPolicy, Priority } from '../module/manifest.ts';
import type { Digest } from '../module/store-digest.ts';
import type { BudgetName } from './budget-name.ts';
import type { Crash } from './crash.ts';
import type { VmErrorCode } from './error.ts';
import type { Passage } from './passage.ts';
import type { TurnCounts } from './turn-stats.ts';

/** Number of a VM on this box; 0 is the platform itself. */
export type VmId = number;

export const platformId: VmId = 0;

/** Number of a cell; one that takes the place of another has a number of its own. */
export type CellNumber = number;

/** One topic of a VM; its place in `VmSpec.topics` is the number that the guest uses for it. */
export interface TopicGrant {
	readonly name: string;
	readonly mayPublish: boolean;
	readonly maySubscribe: boolean;
	readonly whenFull: FullPolicy;
	/** The way of what it says there, where that is not called as the topic: see `bus/ways.ts`. */
	readonly out?: string;
	/** The way of what it hears there, likewise. */
	readonly in?: string;
}

/** The topics of a VM that runs, by other ways or with more behind them: what was given out once keeps its number. */
export interface Regrant {
	readonly vm: VmId;
	readonly topics: readonly TopicGrant[];
}

/** One way of a topic of a VM, called as the way is, with the number by which all cells know it. */
export interface NumberedGrant extends Omit<TopicGrant, 'out' | 'in'> {
	readonly number: number;
}

/** What every cell is told of the VMs of all. */
export type RouteChange =
	| {
			readonly tag: 'joined';
			readonly vm: VmId;
			readonly cell: CellNumber;
			readonly topics: readonly NumberedGrant[];
	  }
	| { readonly tag: 'left'; readonly vm: VmId };

/** The way to and from another cell. */
export interface CellLink {
	readonly peer: CellNumber;
	/** Rings: see `bus/ring.ts`. */
	readonly out: SharedArrayBuffer;
	readonly in: SharedArrayBuffer;
	/** Where the other one is woken. */
	readonly bell: SharedArrayBuffer;
	/** False where that one is trusted less: then its full inboxes never hold a sender of this one. */
	readonly mayHold: boolean;
	/** One counter for all cells: the order in which they said what they said. */
	readonly stamps: SharedArrayBuffer;
}

/** What became of messages between this cell and the others. */
export interface LinkCounts {
	/** Records whose sender may not say them. */
	readonly forged: number;
	/** Records that could not be read. */
	readonly malformed: number;
	/** Messages lost to the policy of their topic on the way. */
	readonly dropped: number;
}

export interface VmSpec {
	readonly name: string;
	readonly module: WebAssembly.Module;
	/** Where the code of `module` is kept; without it, the module stays in memory while the VM sleeps. */
	readonly code?: CodeKey | undefined;
	readonly encoding: StringEncoding;
	/** Instead of `module`, for what the generic linker links. */
	readonly foreign?: ForeignCode | undefined;
	readonly priority: Priority;
	readonly budget: Budget;
	readonly topics: readonly TopicGrant[];
	/** Effects beyond the bus and timers that its capabilities allow. */
	readonly effects: readonly BoxEffect['tag'][];
	readonly config: Uint8Array;
	readonly baseband: string;
	readonly log: { readonly linesPerTurn: number; readonly bytesPerTurn: number };
	/** What its key-value bucket holds now; undefined where it has none. */
	readonly bucket?: ReadonlyMap<string, Uint8Array> | undefined;
	/** The most its bucket may hold, keys and values together. */
	readonly bucketBytes?: number | undefined;
	/** The time a turn is given is a multiple of this. */
	readonly clockStepUs: number;
	/** Put to sleep after so long without a turn, if its state can be taken; undefined for never. */
	readonly sleepAfterMs?: number | undefined;
	/** Where it goes on, instead of a start. */
	readonly passage?: Passage | undefined;
	/** It carries messages of others: it is told of topics that come, and passes failures on as they are. */
	readonly isContainer?: boolean | undefined;
	/** What of it is kept; undefined for nothing. */
	readonly keep?: KeepOrder | undefined;
	/** Its turns are to be recorded, from its start on, or from where it goes on if it is kept. */
	readonly recording?: RecordingOrder | undefined;
}

/** How a VM outlives a fault, a kill and a power cut. */
export interface KeepOrder {
	readonly mode: 'snapshot' | 'journal';
	/** In which its state is written at most once. */
	readonly intervalMs: number;
	/** Digest of the module: the state of another one is none of its. */
	readonly digest: Digest;
}

/** How much of a VM is recorded at most: what is reached first ends it. */
export interface RecordingOrder {
	/** Number of the recording on this box. */
	readonly id: number;
	/** Turns after the start, or after the state that it goes on from. */
	readonly turns: number;
	/** Bytes of all records together. */
	readonly bytes: number;
}

/** An effect that the box carries out, not the cell. */
export type BoxEffect = Extract<Effect, { tag: 'put' | 'delete' | 'fetch' | 'cancel-fetch' | 'play' }>;

/** An event that the box, not another VM, has for a VM. */
export type BoxEvent = Extract<Event, { tag: 'chunk' | 'stream-ended' | 'sink' }>;

export type Outcome =
	| { readonly tag: 'ok'; readonly val: Uint8Array }
	| { readonly tag: 'err'; readonly val: Failure };

export type MessageKind = 'message' | 'request';

export interface LogLine {
	readonly level: Level;
	readonly text: string;
	/** When it was said, in microseconds since the epoch; undefined where that is now. */
	readonly at?: number;
}

export type CellCommand =
	| { readonly tag: 'start'; readonly vm: VmId; readonly spec: VmSpec }
	/** `forNext`: what waits for it, and what is said to it from now on, waits for the next that is started by its number. */
	| { readonly tag: 'stop'; readonly vm: VmId; readonly forNext?: boolean }
	/** Nothing of the VM is recorded any more; it goes on. */
	| { readonly tag: 'stop-recording'; readonly vm: VmId; readonly why: string }
	| { readonly tag: 'event'; readonly vm: VmId; readonly event: BoxEvent }
	/** Topics that the box itself listens to. */
	| { readonly tag: 'wanted'; readonly topics: readonly string[] }
	/** Every change has one version more than the one before; a new cell is told all at once. */
	| {
			readonly tag: 'routes';
			readonly version: number;
			readonly changes: readonly RouteChange[];
			/** What changes in it for a VM of this cell, in the same instant: else it would say what it may not yet. */
			readonly regrant?: Regrant;
	  }
	| ({ readonly tag: 'link' } & CellLink)
	/** That cell is gone for ever. */
	| { readonly tag: 'unlink'; readonly peer: CellNumber }
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
	| { readonly tag: 'count' }
	/** The VM may not run for now: it ends the turn it is in, and begins no other until `resume`. */
	| { readonly tag: 'suspend'; readonly vm: VmId }
	/** Answered with `resumed`. */
	| { readonly tag: 'resume'; readonly vm: VmId }
	/** The VM ends the turn it is in, and begins no other until `go-on`; answered with `at-rest`. */
	| { readonly tag: 'rest'; readonly vm: VmId }
	/** No turn begins until `go-on`; answered with `paused`. */
	| { readonly tag: 'pause' }
	/** Hears what others have said so far; answered with `drained`. */
	| { readonly tag: 'drain' }
	| { readonly tag: 'go-on'; readonly vm?: VmId }
	/** The VM is handed over, as it is; answered with `moved-out`. */
	| { readonly tag: 'move-out'; readonly vm: VmId }
	/** What may be seen of messages from now on; answered with what was not seen before. */
	| ({ readonly tag: 'look' } & TapCredit)
	/** What is kept of a VM of this name is forgotten, but for that of this module. */
	| { readonly tag: 'forget'; readonly name: string; readonly butFor?: Digest }
	/** The box has what was handed over with this number. */
	| { readonly tag: 'heard'; readonly number: number }
	/** Nothing runs any more; what is kept is made durable. */
	| { readonly tag: 'close' };

export type CellReport =
	| { readonly tag: 'started'; readonly vm: VmId; readonly tookUs: number }
	| { readonly tag: 'stopped'; readonly vm: VmId }
	/** Between these two it has no instance, and is there all the same. */
	| { readonly tag: 'slept'; readonly vm: VmId }
	| { readonly tag: 'woke'; readonly vm: VmId }
	| { readonly tag: 'resumed'; readonly vm: VmId; readonly isAsleep: boolean }
	| ({
			readonly tag: 'fault';
			readonly vm: VmId;
			readonly code: VmErrorCode;
			/** What the VM said in the turn that failed. */
			readonly log: readonly LogLine[];
	  } & Crash)
	/** A message that ended two turns badly by itself and is not delivered again. */
	| { readonly tag: 'set-aside'; readonly vm: VmId; readonly topic: string; readonly payload: Uint8Array }
	/** A budget that holds a VM back or warns, but does not end it, has been used up. */
	| { readonly tag: 'exceeded'; readonly vm: VmId; readonly budget: BudgetName; readonly detail: string }
	| {
			readonly tag: 'published';
			readonly vm: VmId;
			readonly topic: string;
			readonly payload: Uint8Array;
			/** Of a journalled VM: turn and place in it. The same message may be said again after a crash. */
			readonly id?: { readonly turn: number; readonly index: number };
	  }
	| { readonly tag: 'answer'; readonly correlation: number; readonly outcome: Outcome }
	| { readonly tag: 'at-rest'; readonly vm: VmId }
	| { readonly tag: 'paused' }
	/** `isQuiet`: there was nothing to hear, and nothing that it says is held up. */
	| { readonly tag: 'drained'; readonly isQuiet: boolean }
	/** `why` says what is in the way where there is no passage: the VM stays. */
	| {
			readonly tag: 'moved-out';
			readonly vm: VmId;
			readonly passage: Passage | undefined;
			readonly why: string;
	  }
	| { readonly tag: 'effect'; readonly vm: VmId; readonly effect: BoxEffect }
	| { readonly tag: 'log'; readonly vm: VmId; readonly line: LogLine }
	/** The next parts of a recording, and why it ended, if it did. */
	| {
			readonly tag: 'recorded';
			readonly vm: VmId;
			readonly recording: number;
			readonly bytes: Uint8Array;
			readonly turns: number;
			readonly ended: string | undefined;
	  }
	| { readonly tag: 'counts'; readonly vms: readonly VmCounts[]; readonly links: LinkCounts }
	/** A message that somebody looks at; `bytes` is its length, `payload` may be less of it. */
	| {
			readonly tag: 'seen';
			readonly vm: VmId;
			readonly kind: MessageKind;
			readonly topic: string;
			readonly bytes: number;
			readonly payload: Uint8Array;
	  }
	| { readonly tag: 'unseen'; readonly count: number }
	/** What VMs that are kept had for the box has been said up to here: answered with `heard`. */
	| { readonly tag: 'handed-over'; readonly number: number }
	/** Everything that is kept is durable; nothing comes after this. */
	| { readonly tag: 'closed' };

/** What a VM has done since it came into its cell. */
export interface VmCounts extends TurnCounts {
	readonly vm: VmId;
	readonly memoryBytes: number;
	readonly inboxLength: number;
	readonly inboxBytes: number;
	/** Messages lost because its inbox was full. */
	readonly dropped: number;
	/** Messages that ended two turns badly by themselves. */
	readonly setAside: number;
	/** Messages that it has sent. */
	readonly sent: number;
}
