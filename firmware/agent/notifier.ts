/**
 * Tells controllers, and tells them again until they answer where their subscription asks for it.
 *
 * What must not be lost in a power cut is kept in the outbox until it was answered; a repeat always
 * has the id of the first, so its receiver can tell that it is one.
 */
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { Notification } from './notification.ts';
import { readJson, writeJson } from './stored-json.ts';
import type { Subscription } from './subscription.ts';

export interface Notice {
	/** Letters, digits, `-`: also the name of its file. */
	readonly messageId: string;
	/** Endpoint id. */
	readonly recipient: string;
	/** The subscription's ID, not its number. */
	readonly subscriptionId: string;
	readonly isRetried: boolean;
	/** Microseconds since the epoch after which it is not repeated; 0 is never. */
	readonly expiresAt: number;
	readonly notification: Notification;
}

interface NotifierOptions {
	readonly outbox: Directory;
	readonly clock: Clock;
	/** Hands a notice to the link; resolves when the broker has it. */
	readonly send: (notice: Notice) => Promise<void>;
	/** 0 up to 1. */
	readonly random: () => number;
}

interface Waiting {
	readonly notice: Notice;
	readonly isKept: boolean;
	attempts: number;
	timer: Timer | undefined;
}

/** TR-181 Controller.{i}.USPNotifRetryMinimumWaitInterval and ...IntervalMultiplier, their defaults. */
const minimumWaitMs = 5000;
const multiplier = 2;
/** R-NOT.4: from here on waits do not grow. */
const lastGrowth = 10;
/** Unanswered notices held in memory; beyond, the oldest that is not in the outbox gives way. */
const maxWaiting = 1024;

export class Notifier {
	readonly #outbox: Directory;
	readonly #clock: Clock;
	readonly #send: (notice: Notice) => Promise<void>;
	readonly #random: () => number;
	readonly #waiting = new Map<string, Waiting>();
	#isStopped = false;
	#dropped = 0;

	constructor({ outbox, clock, send, random }: NotifierOptions) {
		this.#outbox = outbox;
		this.#clock = clock;
		this.#send = send;
		this.#random = random;
	}

	/** Notices that were given up for lack of room. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Takes up what was left in the outbox; what is for nobody any more is thrown away. */
	async start(isKnown: (recipient: string) => boolean): Promise<void> {
		for (const name of await this.#outbox.list()) {
			const notice = await readJson<Notice>(this.#outbox, name);
			if (notice !== undefined && isKnown(notice.recipient)) this.#post(notice, true);
			else await this.#outbox.remove(name);
		}
	}

	stop(): void {
		this.#isStopped = true;
		for (const { timer } of this.#waiting.values()) timer?.cancel();
	}

	/** Writes notices to the outbox, without sending them yet. */
	async keep(notices: readonly Notice[]): Promise<void> {
		for (const notice of notices) await writeJson(this.#outbox, fileOf(notice.messageId), notice);
	}

	/** Sends notices; `isKept` says that they are in the outbox. */
	post(notices: readonly Notice[], { isKept }: { isKept: boolean }): void {
		for (const notice of notices) this.#post(notice, isKept);
	}

	/** The recipient has answered. */
	async answered(recipient: string, messageId: string): Promise<void> {
		const waiting = this.#waiting.get(messageId);
		if (waiting?.notice.recipient === recipient) await this.#settle(waiting);
	}

	/** Gives up everything for a recipient that is gone, or for one of its subscriptions. */
	async forget(recipient: string, subscriptionId?: string): Promise<void> {
		for (const waiting of this.#waiting.values()) {
			const { notice } = waiting;
			if (notice.recipient !== recipient) continue;
			if (subscriptionId === undefined || notice.subscriptionId === subscriptionId)
				await this.#settle(waiting);
		}
	}

	#post(notice: Notice, isKept: boolean): void {
		if (this.#isStopped || this.#waiting.has(notice.messageId)) return;
		const waiting: Waiting = { notice, isKept, attempts: 0, timer: undefined };
		if (notice.isRetried || isKept) {
			this.#makeRoom();
			this.#waiting.set(notice.messageId, waiting);
		}
		this.#attempt(waiting);
	}

	// The next attempt is timed from when the broker has taken this one: what waits for the link in the
	// transport's queue must not be queued again.
	#attempt(waiting: Waiting): void {
		waiting.attempts++;
		this.#send(waiting.notice).then(
			() => (waiting.notice.isRetried ? this.#retryLater(waiting) : this.#settle(waiting)),
			() => {
				if (this.#waiting.has(waiting.notice.messageId)) this.#retryLater(waiting);
				else this.#dropped++;
			},
		);
	}

	#retryLater(waiting: Waiting): void {
		const { notice, attempts } = waiting;
		if (this.#isStopped || this.#waiting.get(notice.messageId) !== waiting) return;
		const waitMs = retryWaitMs(attempts, this.#random());
		waiting.timer = this.#clock.after(waitMs, () => {
			const isExpired = notice.expiresAt > 0 && this.#clock.now() >= notice.expiresAt;
			if (isExpired) void this.#settle(waiting);
			else this.#attempt(waiting);
		});
	}

	async #settle(waiting: Waiting): Promise<void> {
		waiting.timer?.cancel();
		this.#waiting.delete(waiting.notice.messageId);
		// A file that cannot be removed is sent once more after the next start, under the same id.
		if (waiting.isKept) await this.#outbox.remove(fileOf(waiting.notice.messageId)).catch(() => undefined);
	}

	#makeRoom(): void {
		if (this.#waiting.size < maxWaiting) return;
		const oldest = [...this.#waiting.values()].find(({ isKept }) => !isKept);
		if (oldest === undefined) return;
		this.#dropped++;
		void this.#settle(oldest);
	}
}

/** R-NOT.1-4: retry n waits between m*k^(n-1) and m*k^n. `random` 0 up to 1 chooses. */
export function retryWaitMs(attempt: number, random: number): number {
	const n = Math.min(attempt, lastGrowth);
	const from = minimumWaitMs * multiplier ** (n - 1);
	return Math.round(from + random * from * (multiplier - 1));
}

/** What a subscription makes of a notification. */
export function noticeOf(options: {
	subscription: Subscription;
	notification: Notification;
	messageId: string;
	now: number;
}): Notice {
	const { subscription, notification, messageId, now } = options;
	const { recipient, id: subscriptionId, isRetried, notifExpiration } = subscription;
	const expiresAt = notifExpiration > 0 ? now + notifExpiration * 1_000_000 : 0;
	return { messageId, recipient, subscriptionId, isRetried, expiresAt, notification };
}

function fileOf(messageId: string): string {
	return `${messageId}.json`;
}
