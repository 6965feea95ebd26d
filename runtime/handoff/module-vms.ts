/** Carries sessions with the modules of this box, and has the one that is missing fetched over the air. */
import { SessionAnswer, SessionControl as SessionControlMessage } from '../../proto/host/bus/session.ts';
import { BusError, type Hub } from '../bus/hub.ts';
import type { Range } from '../module/manifest.ts';
import type { Modules, ModuleView } from '../module/modules.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import { HandoffError } from './handoff-error.ts';
import type { SessionControl } from './session-control.ts';
import type { CommandOptions, ProvideRequest, SessionVms } from './session-vms.ts';

export interface ModuleVmsOptions {
	readonly hub: Hub;
	readonly modules: Modules;
	readonly rangeOf: (baseband: string) => Range | undefined;
	/** Finds, fetches, verifies and installs a module for such sessions; rejects with the code of why not. */
	readonly fetchModule: (wanted: { kind: string; range: Range; signal: AbortSignal }) => Promise<ModuleView>;
}

export class ModuleVms implements SessionVms {
	readonly #options: ModuleVmsOptions;

	constructor(options: ModuleVmsOptions) {
		this.#options = options;
	}

	async provide({ kind, baseband, signal }: ProvideRequest): Promise<VmId> {
		const { modules, rangeOf, fetchModule } = this.#options;
		const range = rangeOf(baseband);
		if (range === undefined)
			throw new HandoffError('unknown-network', `this box has no network "${baseband}"`);
		const installed = modules.list().find(({ manifest: { session } }) => {
			return session?.kind === kind && session.ranges.includes(range);
		});
		const module = installed ?? (await fetchModule({ kind, range, signal }));
		signal.throwIfAborted();
		const { id } = await modules.vmOn(module.unit.name, baseband);
		return id;
	}

	async command(
		vm: VmId,
		control: SessionControl,
		{ deadlineMs, signal }: CommandOptions,
	): Promise<Uint8Array> {
		const payload = SessionControlMessage.encode(control);
		const answered = this.#options.hub.request({ vm, topic: 'session.control', payload, deadlineMs });
		try {
			return SessionAnswer.decode(await abortable(answered, signal)).state;
		} catch (error) {
			throw error instanceof BusError ? asVmError(error) : error;
		}
	}
}

/** The bus has no way to call a request back: it is no longer waited for. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
	signal.throwIfAborted();
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const abort = (): void => reject(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}

/** The bus says `denied` when nobody serves the topic: the VM is not there. */
function asVmError(error: BusError): Error {
	return error.code === 'denied' ? new VmError('vm-gone', error.message, { cause: error }) : error;
}
