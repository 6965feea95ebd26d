/** Sees every turn of a VM from beside it: what it was given, what it read, what became of it. */
import type { Effect, Event } from '../component/generated/service.ts';
import type { VmError } from './error.ts';

/** Called in this order for each turn; none of it may throw, or the turn is lost with it. */
export interface TurnWatch {
	/** The start begins with an empty inbox. */
	begins(nowUs: bigint, inbox: readonly Event[]): void;
	/** Returns what the guest is to find; whoever only looks on returns what was found. */
	reads(key: string, found: Uint8Array | undefined): Uint8Array | undefined;
	/** The turn has effects, which may be kept; or it failed, and the VM with it. @param fuel units it used */
	ends(outcome: readonly Effect[] | VmError, fuel: number): void;
}
