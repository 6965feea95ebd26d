/**
 * Those at home, as far as firmware is theirs to decide: the box asks them before it restarts for an update, and they
 * may have it bring one. Who may is said by role; nobody may where nothing is said.
 */
import { Choice, Matter, Notice, Word } from '../../proto/host/bus/firmware.ts';
import type { Hub } from '../../runtime/bus/hub.ts';
import type { Clock } from '../../runtime/clock.ts';
import { codeOf } from '../../runtime/error.ts';

const noticeTopic = 'box.firmware';
const wordTopic = 'firmware.home';

export interface HomeOptions {
	readonly hub: Pick<Hub, 'listen' | 'publish'>;
	readonly clock: Clock;
	/** Of profiles whose word counts. */
	readonly roles: readonly string[];
	/** Brings the newest release and starts it; what it fails with is shown. */
	readonly update: () => Promise<void>;
	/** Told of what an operator would look for in the log. */
	readonly onNote: (text: string) => void;
}

export interface Question {
	readonly version: string;
	/** What the operator wants to be shown. */
	readonly text: string;
	/** When the time for an answer is over, microseconds since the epoch. */
	readonly until: number;
	readonly signal: AbortSignal;
}

export type Answer = 'agreed' | 'refused' | 'unanswered';

export class Home {
	readonly #options: HomeOptions;
	readonly #questions = new Map<string, (answer: Answer) => void>();
	readonly #stop: () => void;
	/** Of this life of the box: an answer to a question from before a restart is late. */
	readonly #life: string;
	#count = 0;

	constructor(options: HomeOptions) {
		this.#options = options;
		this.#life = options.clock.now().toString(36);
		this.#stop = options.hub.listen(wordTopic, ({ payload }) => this.#hear(payload));
	}

	/** `unanswered` once time is over. Errors: the signal's reason. */
	async ask({ version, text, until, signal }: Question): Promise<Answer> {
		signal.throwIfAborted();
		const { clock } = this.#options;
		const id = `${this.#life}-${++this.#count}`;
		const { promise, resolve, reject } = Promise.withResolvers<Answer>();
		const timer = clock.after(Math.max(0, (until - clock.now()) / 1000), () => resolve('unanswered'));
		const giveUp = (): void => reject(signal.reason);
		signal.addEventListener('abort', giveUp, { once: true });
		this.#questions.set(id, resolve);
		this.tell(Matter.MATTER_QUESTION, { id, version, text, untilUs: until });
		try {
			return await promise;
		} finally {
			timer.cancel();
			signal.removeEventListener('abort', giveUp);
			this.#questions.delete(id);
			this.tell(Matter.MATTER_OVER, { id, version });
		}
	}

	/** Whoever has a screen shows it. */
	tell(matter: Matter, { id = '', version = '', text = '', untilUs = 0 }: Partial<Notice>): void {
		this.#options.hub.publish(noticeTopic, Notice.encode({ matter, id, version, text, untilUs }));
	}

	close(): void {
		this.#stop();
	}

	#hear(payload: Uint8Array): void {
		let word: Word;
		try {
			word = Word.decode(payload);
		} catch (error) {
			this.#options.onNote(`what was said at home cannot be read: ${codeOf(error)}`);
			return;
		}
		const { roles, onNote } = this.#options;
		const { id } = word;
		const who = `${shown(word.profile)} (${shown(word.role)})`;
		if (!roles.includes(word.role)) {
			onNote(`${who} may not decide on firmware`);
			this.tell(Matter.MATTER_REFUSED, { id, text: 'this profile may not decide on firmware' });
			return;
		}
		if (word.choice === Choice.CHOICE_UPDATE) void this.#update(id, who);
		else this.#answer(word, who);
	}

	#answer({ id, choice }: Word, who: string): void {
		const { onNote } = this.#options;
		const settle = this.#questions.get(id);
		if (settle === undefined) {
			onNote(`${who} answered a question that is over`);
			this.tell(Matter.MATTER_REFUSED, { id, text: 'the question is over' });
			return;
		}
		if (choice !== Choice.CHOICE_AGREE && choice !== Choice.CHOICE_REFUSE) {
			this.tell(Matter.MATTER_REFUSED, { id, text: 'this is no answer' });
			return;
		}
		const answer = choice === Choice.CHOICE_AGREE ? 'agreed' : 'refused';
		onNote(`${who} ${answer} to the firmware`);
		settle(answer);
	}

	async #update(id: string, who: string): Promise<void> {
		const { update, onNote } = this.#options;
		onNote(`${who} asked for an update`);
		this.tell(Matter.MATTER_BEGUN, { id });
		try {
			await update();
		} catch (error) {
			const text = `${codeOf(error)}: ${(error as Error).message}`;
			onNote(`the update that ${who} asked for failed: ${text}`);
			this.tell(Matter.MATTER_FAILED, { id, text });
		}
	}
}

/** What a module says of a person goes into the log, and no more of it than that. */
function shown(text: string): string {
	return text.slice(0, 64).replaceAll(/[^\p{L}\p{N} ._-]/gu, '?');
}
