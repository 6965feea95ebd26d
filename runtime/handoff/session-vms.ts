/** The VMs that can carry sessions, as the coordinator sees them. */
import type { VmId } from '../vm/cell-protocol.ts';
import type { SessionControl } from './session-control.ts';

export interface SessionVms {
	/**
	 * A running VM that serves this kind of session on this baseband; installed over the air and
	 * started if it is missing. Waits for one that is being restarted. Rejects with the code of what
	 * went wrong; gives up when `signal` is aborted.
	 */
	provide(request: ProvideRequest): Promise<VmId>;

	/**
	 * One command to a VM; resolves with `SessionAnswer.state`.
	 *
	 * Commands to one VM arrive in the order of these calls. It must resolve only after every frame
	 * that the VM gave before its answer has been offered to the sink. Rejects with a `CodedError`
	 * `timed-out`, `refused` or `vm-gone`; an answer after that is dropped.
	 */
	command(vm: VmId, control: SessionControl, options: CommandOptions): Promise<Uint8Array>;
}

export interface ProvideRequest {
	readonly kind: string;
	readonly baseband: string;
	readonly signal: AbortSignal;
}

export interface CommandOptions {
	readonly deadlineMs: number;
	readonly signal: AbortSignal;
}
