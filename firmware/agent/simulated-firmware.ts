/** The double of `FirmwareManager`: two slots, of which `a` runs until the test has the box restart. */
import type { Clock } from '../../runtime/clock.ts';
import { CodedError } from '../../runtime/error.ts';
import type { FirmwareManager, FirmwareStatus } from './ports.ts';

export class SimulatedFirmware implements FirmwareManager {
	readonly calls: string[] = [];
	/** What a download or an activation ends with; by default it ends well. */
	failure: CodedError | undefined;
	isBusy = false;
	/** Of what runs. */
	isOnTrial = false;
	/** What was asked at home, with how to answer it; unanswered, it is over at its time. */
	readonly questions: { text: string; until: number; answer(answer: 'agreed' | 'refused'): void }[] = [];
	readonly #clock: Clock | undefined;
	#running = 'a';
	#next = 'a';
	#versions = new Map([['a', '1.0.0']]);

	/** @param clock by which the time for answers passes; without it nobody is asked */
	constructor(clock?: Clock) {
		this.#clock = clock;
	}

	async list(): Promise<readonly FirmwareStatus[]> {
		return ['a', 'b'].map((slot) => {
			const version = this.#versions.get(slot) ?? '';
			const isActive = slot === this.#running;
			return {
				slot,
				version,
				status: isActive ? 'active' : version === '' ? 'none' : 'available',
				isAvailable: version !== '',
				isNext: slot === this.#next,
				isOnTrial: isActive && this.isOnTrial,
				failure: '',
			};
		});
	}

	async download({ slot, url }: { slot: string; url: string }): Promise<void> {
		this.calls.push(`download ${slot} ${url}`);
		if (this.failure !== undefined) throw this.failure;
		if (slot === this.#running) throw new CodedError('slot-in-use', `slot ${slot} runs`);
		this.#versions.set(slot, url.split('/').at(-1) ?? '');
	}

	async wasTried(slot: string): Promise<boolean> {
		return slot === this.#running;
	}

	async activate({ slot, isResumed }: { slot: string; isResumed: boolean }): Promise<void> {
		this.calls.push(`activate ${slot}${isResumed ? ' resumed' : ''}`);
		if (this.failure !== undefined) throw this.failure;
		this.#next = slot;
		if (slot !== this.#running) await new Promise(() => undefined);
	}

	/** The box comes back with the slot that is next. */
	async restart(): Promise<void> {
		this.#running = this.#next;
	}

	async setNext({ slot }: { slot: string }): Promise<void> {
		this.calls.push(`next ${slot}`);
		if (this.failure !== undefined) throw this.failure;
		this.#next = slot;
	}

	ask({ text, until, signal }: Parameters<FirmwareManager['ask']>[0]) {
		const { promise, resolve, reject } = Promise.withResolvers<'agreed' | 'refused' | 'unanswered'>();
		const clock = this.#clock;
		const timer = clock?.after((until - clock.now()) / 1000, () => resolve('unanswered'));
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
		this.questions.push({ text, until, answer: resolve });
		return promise.finally(() => timer?.cancel());
	}

	isIdle(): boolean {
		return !this.isBusy;
	}
}
