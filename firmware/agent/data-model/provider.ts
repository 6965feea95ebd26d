/** What a part of the box implements to appear in its data model: one object or one table. */
import type { Fault } from '../error.ts';

export type ParamValue = string | number | bigint | boolean;
export type Params = Readonly<Record<string, ParamValue>>;
type Awaitable<T> = T | Promise<T>;

export interface Row {
	/** Instance number: kept across restarts, never used again (R-ARC.8). */
	readonly number: number;
	readonly params: Params;
}

export interface ObjectProvider {
	/** `Device.DeviceInfo.`, or with a trailing `{i}.` a table: `Device.SoftwareModules.ExecEnv.{i}.`. */
	readonly path: string;
	/** Sets of parameters of which no two rows share all values. */
	readonly uniqueKeys?: readonly (readonly string[])[];
	/** The parameters of a single object; `parents` are the instance numbers on the way to it. */
	read?(parents: readonly number[]): Awaitable<Params>;
	/** The rows of a table, in order of their numbers. */
	rows?(parents: readonly number[]): Awaitable<readonly Row[]>;
	/** By name with brackets: `InstallDU()`. */
	readonly commands?: Readonly<Record<string, Command>>;
	/** Argument names of each event, by name with its mark: `DUStateChange!`. */
	readonly events?: Readonly<Record<string, readonly string[]>>;
	/** Present on tables whose rows a controller may add, change and remove. */
	readonly editor?: TableEditor;
	/** Called when the agent starts; events may be emitted until the returned function is called. */
	watch?(events: EventSink): () => void;
}

export interface Command {
	/** A synchronous command answers with its outputs; an asynchronous one is a row of Request until it ends. */
	readonly kind: 'sync' | 'async';
	readonly inputs: Readonly<Record<string, Input>>;
	readonly outputs: readonly string[];
	/** Whether a call that a restart interrupted may be run once more; if not, it ends as failed. */
	readonly isResumable?: boolean;
	/** Errors with a code reach the controller through the table in `error.ts`. */
	run(call: Call): Awaitable<CommandResult>;
	/** Events that go out with the failure of a call, also of one a restart interrupted. */
	failureEvents?(call: Call, fault: Fault): Awaitable<readonly ObjectEvent[]>;
}

export interface Input {
	readonly isRequired?: boolean;
	/** What an omitted argument means (R-OPR.7); default the empty string. */
	readonly otherwise?: string;
}

export interface Call {
	/** Instance numbers on the way to the object: `[3]` for `Device.SoftwareModules.DeploymentUnit.3.`. */
	readonly at: readonly number[];
	/** Path of the object with instance numbers, ending in a dot. */
	readonly objectPath: string;
	/** Every declared input, defaults filled in; others are dropped (R-OPR.6). */
	readonly args: Readonly<Record<string, string>>;
	/** What the caller calls this call. */
	readonly commandKey: string;
	/** Endpoint id of the caller. */
	readonly originator: string;
	/** Microseconds since the epoch when the call was accepted. */
	readonly acceptedAt: number;
	/** Whether this is a second run, after a restart that interrupted the first one. */
	readonly isResumed: boolean;
	/** Aborted when a controller cancels the request or the agent stops. */
	readonly signal: AbortSignal;
}

export interface CommandResult {
	readonly outputs?: Params;
	/** Leave together with the outcome: after a power cut either both are sent or both are made anew. */
	readonly events?: readonly ObjectEvent[];
}

export interface ObjectEvent {
	/** The object with instance numbers, ending in a dot. */
	readonly objectPath: string;
	/** With its mark: `DUStateChange!`. */
	readonly name: string;
	readonly args: Params;
}

export interface EventSink {
	/** Sends the event to every controller that subscribed to it; a no-op where nobody did. */
	emit(event: ObjectEvent): void;
	/** Calls back with whether anybody subscribes to the event: now, and whenever that changes. */
	whenWanted(objectPath: string, name: string, changed: (isWanted: boolean) => void): () => void;
}

/** A parameter a controller wants to set; a failed `isRequired` one fails its whole object (R-ADD.2). */
export interface Setting {
	readonly param: string;
	readonly value: string;
	readonly isRequired: boolean;
}

export interface ParamFailure {
	readonly param: string;
	readonly fault: Fault;
}

/** Who asks: the endpoint id of a controller. */
export interface Editor {
	readonly endpointId: string;
}

/**
 * Changes to a table, in two steps so that several can be made all or none: `plan` checks and
 * changes nothing, the function it returns makes the change last.
 */
export interface TableEditor {
	add(settings: readonly Setting[], by: Editor): Promise<Plan<{ number: number; uniqueKeys: Params }>>;
	set(number: number, settings: readonly Setting[], by: Editor): Promise<Plan<Params>>;
	remove(number: number, by: Editor): Promise<Plan<void>>;
}

export interface Plan<T> {
	/** Parameters that were left out of the change, with the reason. */
	readonly failures: readonly ParamFailure[];
	commit(): Promise<T>;
}

/** A value as it travels: TR-106 text. */
export function textOf(value: ParamValue): string {
	return typeof value === 'string' ? value : String(value);
}

/** TR-106 dateTime in UTC of microseconds since the epoch; 0 is the standard's unknown time. */
export function dateTimeOf(microseconds: number): string {
	if (microseconds === 0) return '0001-01-01T00:00:00Z';
	return new Date(Math.floor(microseconds / 1000)).toISOString();
}
