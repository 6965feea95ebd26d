/** The messages of `proto/bus/session.proto` as plain objects. */

/** One command to a VM that has, or is to have, a part in a session. */
export type SessionControl = { readonly session: string } & SessionCommand;

export type SessionCommand =
	| { readonly open: { readonly url: string } }
	| { readonly quiesce: Record<string, never> }
	| { readonly prepare: { readonly state: Uint8Array } }
	| { readonly transfer: Record<string, never> }
	| { readonly take: Take }
	| { readonly rollback: Record<string, never> }
	| { readonly release: Record<string, never> };

export interface Take {
	readonly state: Uint8Array;
	/** The first frame the sink does not have yet. */
	readonly nextSequence: number;
	/** When that one is due, microseconds since the epoch. */
	readonly nextAtUs: number;
}

/** Enough to go on from after a crash. */
export interface Checkpoint {
	readonly session: string;
	readonly state: Uint8Array;
	/** The first frame that is not part of this state. */
	readonly nextSequence: number;
	/** The session came to its end. */
	readonly ended: boolean;
}
