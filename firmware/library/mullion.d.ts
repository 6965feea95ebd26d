/**
 * A box inside a program: all that the package `mullion` offers.
 *
 * Nothing of it ends the process, listens for its signals or writes on its console: they are the program's.
 */

/** What a box is told when it is made: the content of `box.json`. Fields beside these are let be. */
export interface BoxConfig {
	/** A USP endpoint id, such as `os::00D09E-000001`. */
	readonly endpointId: string;
	/** Folder of all that outlives the box; one box has it at a time. */
	readonly state: string;
	/** MQTT 5: `mqtt://host:1883`. */
	readonly broker: string;
	/** Who may manage the box from the beginning on. */
	readonly controllers: readonly { readonly endpointId: string; readonly topic: string }[];
	/** Endpoints whose id begins so may manage it too; for development. */
	readonly acceptTools?: string;
	/** File of the root of trust: TUF root metadata. */
	readonly root: string;
	readonly networks: readonly NetworkConfig[];
	/** Folder of the frames that are heard; without it they are counted only. */
	readonly sink?: string;
	/** The most that any module is granted. */
	readonly caps?: Readonly<Partial<Record<BudgetName, number>>>;
	/** The most of each capability that any module is granted, by fields of its grant. */
	readonly grantCaps?: GrantCaps;
	/** Whose certificates count: public ed25519 keys, 64 hexadecimal digits each. */
	readonly certification?: { readonly required?: boolean; readonly keys: readonly string[] };
	/** Prometheus metrics on a local port, 0 for any; `host` is 127.0.0.1 by default. */
	readonly metrics?: { readonly port: number; readonly host?: string };
	/** Which services share a thread; default `domain-and-class`. */
	readonly cells?: 'domain-and-class' | 'realtime-apart' | 'domain';
	/** Services that are not realtime are put to sleep after so many milliseconds without a turn; default 60 000. */
	readonly sleepAfterMs?: number;
	/** Whose word counts at home; default nobody's. */
	readonly home?: { readonly roles: readonly string[] };
	/** The module that carries what services say to each other, and on which topics (default all); without it the platform does. */
	readonly ipc?: { readonly container: string; readonly topics?: readonly string[] };
	/** Without it the box does not look at its power. */
	readonly power?: {
		readonly supplies?: string;
		readonly essential?: readonly string[];
		readonly backMs?: number;
		readonly stopPercent?: number;
		readonly stopMinutes?: number;
	};
	/** Without it the box does not look at what is plugged in. */
	readonly expansion?: {
		readonly allow?: readonly string[];
		readonly vendors?: readonly string[];
		readonly devices?: string;
		readonly files?: string;
	};
	/** Without it nothing is read from removable media. */
	readonly volumes?: { readonly allow?: readonly string[]; readonly folder?: string };
	/** How much of its disk recordings of programmes may have: all of them, and what they leave free (64 MiB). In bytes. */
	readonly recordings?: { readonly mostBytes?: number; readonly leaveFreeBytes?: number };
	readonly handoff?: { readonly minimumTimeMs?: number; readonly preference?: readonly string[] };
}

export interface GrantCaps {
	readonly log?: { readonly linesPerTurn?: number; readonly bytesPerTurn?: number };
	readonly 'key-value'?: { readonly maxBytes?: number };
	readonly 'network-stream'?: {
		readonly maxStreams?: number;
		readonly maxFetchBytes?: number;
		readonly bytesPerDay?: number;
	};
	readonly 'media-sink'?: { readonly maxFrameBytes?: number };
	readonly recordings?: { readonly maxBytes?: number; readonly maxRecordings?: number };
}

export interface NetworkConfig {
	readonly id: string;
	/** `lte`, `gsm`, `wifi`, `ethernet`, `bluetooth`. */
	readonly kind: string;
	/** The source address that leads out by it. */
	readonly localAddress?: string;
	/** The interface whose counters are its own. */
	readonly device?: string;
	/** Name of a host -> `address:port`, as this network resolves it. */
	readonly hosts?: Readonly<Record<string, string>>;
	readonly nominalKbps?: number;
	readonly costPerMb?: number;
	/** File that says whether it is there; without it, it always is. */
	readonly radio?: string;
}

export type BudgetName =
	| 'memoryPages'
	| 'turnMs'
	| 'cpuPercent'
	| 'deadlineMs'
	| 'timers'
	| 'inboxMessages'
	| 'inboxBytes'
	| 'effectsPerTurn'
	| 'effectBytesPerTurn';

export interface OpenBoxOptions {
	/** Checked as a box checks its `box.json`; null counts as left out. */
	readonly config: BoxConfig;
	/** That relative paths of the configuration are relative to. Default: the working directory of the process. */
	readonly folder?: string;
	/** Told each line that a box of its own says on its console. Default nobody. */
	readonly onLine?: (line: string) => void;
	/**
	 * Sets the optimiser of the engine to services: for the whole process, and for good. Without it they do the same,
	 * slower. Default true.
	 */
	readonly tunesEngine?: boolean;
}

/**
 * Why a box is closed: the program did it (`closed`); its battery is nearly empty, and the machine should be switched off
 * (`power-off`); or it was about to be, and the mains came back, so that it should be opened anew (`restart`).
 */
export type Ending = 'closed' | 'power-off' | 'restart';

export interface Box extends AsyncDisposable {
	/** Resolves once the box is closed, by whomever. Rejects as `close` does. */
	readonly ended: Promise<Ending>;
	/**
	 * Ends everything in order; what was open goes on when the box is opened again. Told twice it does it once.
	 *
	 * @throws AggregateError of what could not be closed, once all of it was tried
	 */
	close(): Promise<void>;
}

/**
 * Resolves when the box is up; to reach its broker it goes on trying by itself. It keeps the process alive until it is
 * closed. A box that could not be opened leaves nothing behind.
 *
 * @throws CodedError `bad-config` with the field, `already-open`, `not-opened`, and the codes of disk and trust: see
 *   ERRORS.md
 */
export function openBox(options: OpenBoxOptions): Promise<Box>;

/** An error with a code that stays as it is; its message is for people. */
export class CodedError<Code extends string = string> extends Error {
	constructor(code: Code, message: string, options?: ErrorOptions);
	override readonly name: string;
	readonly code: Code;
}
