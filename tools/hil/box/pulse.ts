/** Asks a service the same again and again while something else goes wrong, to see whom it harms. */
import { ControllerError } from '../../controller/controller-error.ts';
import type { TestBox } from './test-box.ts';

export interface Beats {
	readonly answers: number;
	/** Codes of the requests that were turned down or ran out of time. */
	readonly failures: readonly string[];
}

export class Pulse {
	readonly #beating: Promise<Beats>;
	#isOver = false;

	/** @param topic one that a probe echoes */
	constructor(box: TestBox, topic: string) {
		this.#beating = this.#beat(box, topic);
		// Reported by `stop`.
		this.#beating.catch(() => undefined);
	}

	/** Resolves once the last request has its end. */
	stop(): Promise<Beats> {
		this.#isOver = true;
		return this.#beating;
	}

	async #beat(box: TestBox, topic: string): Promise<Beats> {
		const failures: string[] = [];
		let answers = 0;
		while (!this.#isOver) {
			try {
				await box.echo(topic);
				answers++;
			} catch (error) {
				if (!(error instanceof ControllerError)) throw error;
				failures.push(error.reason ?? error.code);
			}
		}
		return { answers, failures };
	}
}
