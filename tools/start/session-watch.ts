/** Hears from the box how its sessions go, by itself and without asking. */
import type { Told } from '../controller/controller.ts';
import type { Stage } from './stage.ts';

export const sessionObject = 'Device.X_MULLION_Session.';

export class SessionWatch {
	readonly #ended = new Map<string, string>();
	#wake: () => void = () => undefined;

	static async listen({ operator }: Stage, tell: (text: string) => void): Promise<SessionWatch> {
		const watch = new SessionWatch();
		await operator.subscribe(`${sessionObject}SessionEnded!`, ({ args }) => {
			watch.#ended.set(args['Session'] ?? '', args['Reason'] ?? '');
			watch.#wake();
		});
		await operator.subscribe(`${sessionObject}HandoffComplete!`, ({ args }: Told) => {
			const { From, To, Committed, Reason, PrepareMs, TransferMs, CommitMs } = args;
			const phases = `prepare ${PrepareMs} ms, transfer ${TransferMs} ms, commit ${CommitMs} ms`;
			tell(
				Committed === 'true'
					? `handed over ${From} -> ${To}: ${phases}`
					: `no handoff ${From} -> ${To}: ${Reason}`,
			);
		});
		return watch;
	}

	reason(id: string): string | undefined {
		return this.#ended.get(id);
	}

	/** Resolves with the reason when the session has ended. */
	async end(id: string): Promise<string> {
		for (;;) {
			const reason = this.#ended.get(id);
			if (reason !== undefined) return reason;
			await this.nextOr(60_000);
		}
	}

	/** Resolves when a session ends, or after `ms`. */
	async nextOr(ms: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#wake = resolve;
		const timer = setTimeout(resolve, ms);
		await promise;
		clearTimeout(timer);
	}
}
