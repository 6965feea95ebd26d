/** The bus, and what can be seen on it and beside it: messages, logs, crashes, telemetry. */
import type { Stop } from './stop.ts';

export interface BusPort {
	/** Resolves with the number of VMs whose inbox took the message. */
	publish(message: { topic: string; payload: Uint8Array }): Promise<number>;
	request(message: {
		topic: string;
		payload: Uint8Array;
		deadlineMs: number;
		signal: AbortSignal;
	}): Promise<Uint8Array>;
}

export interface LogLine {
	/** Microseconds since the epoch. */
	readonly at: number;
	/** The VM's id, or empty for the platform itself. */
	readonly vm: string;
	readonly level: 'debug' | 'info' | 'warn' | 'error';
	readonly text: string;
}

export interface LogSource {
	onLine(listener: (line: LogLine) => void): Stop;
}

export interface CrashFrame {
	/** Index of the function in the core module as it was shipped. */
	readonly function: number;
	/** Empty where the module carries no names. */
	readonly name: string;
	/** Bytes from the beginning of that module; -1 where it is not on the box any more. */
	readonly offset: number;
}

/** All that the box knows of a turn that failed. */
export interface CrashReport {
	/** `player@wlan0:3`: the VM, and the number of the crash. */
	readonly id: string;
	/** Microseconds since the epoch. */
	readonly at: number;
	readonly vm: string;
	readonly module: string;
	readonly version: string;
	/** SHA-256 of the component, hexadecimal. */
	readonly digest: string;
	readonly code: string;
	readonly message: string;
	/** The budget that was exceeded, or empty. */
	readonly budget: string;
	/** The innermost call first. */
	readonly stack: readonly CrashFrame[];
	/** What it said in that turn. */
	readonly log: readonly { readonly level: string; readonly text: string }[];
	/** The first of what the turn was given, and how much that was. */
	readonly given: readonly { readonly topic: string; readonly bytes: number }[];
	readonly givenCount: number;
	/** What waited behind it. */
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly memoryBytes: number;
	/** Turns before this one, and restarts of the VM. */
	readonly turns: number;
	readonly restarts: number;
	readonly budgets: Readonly<Record<string, number>>;
}

export interface CrashSource {
	/** The last ones of every VM, the latest first. */
	list(): Promise<readonly CrashReport[]>;
	onCrash(listener: (report: CrashReport) => void): Stop;
}

export interface TraceRequest {
	/** Whatever its caller calls it. */
	readonly id: string;
	/** Patterns: see `topic-pattern.ts`. */
	readonly topics: readonly string[];
	/** Only what this VM sends; empty for all. */
	readonly vm: string;
}

export interface TracedMessage {
	/** Microseconds since the epoch. */
	readonly at: number;
	/** Who sent it; empty for the platform itself. */
	readonly vm: string;
	readonly topic: string;
	readonly kind: 'message' | 'request';
	/** Its length; `payload` may be less of it. */
	readonly bytes: number;
	readonly payload: Uint8Array;
}

export interface TraceSource {
	/** Traces under way. */
	readonly count: number;
	/** Begins the trace, or goes on with it: what has passed since it was last asked for, and how much was left out. */
	read(request: TraceRequest): { readonly messages: readonly TracedMessage[]; readonly leftOut: number };
	end(id: string): void;
}

export interface TelemetrySource {
	/** The state of the box in one value; called at most once a period, and only while somebody listens. */
	sample(): Json | Promise<Json>;
}

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
