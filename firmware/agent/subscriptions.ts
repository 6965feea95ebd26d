/** All subscriptions: who wants to be told of what. The persistent ones are on disk. */
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { Params } from './data-model/provider.ts';
import { UspError } from './error.ts';
import type { InstanceNumbers } from './instance-numbers.ts';
import { readJson, writeJson } from './stored-json.ts';
import { isExpired, isSubscribed, type NotifType, type Subscription } from './subscription.ts';
import type { SubscriptionChange } from './subscription-settings.ts';
import { Turns } from './turns.ts';

const table = 'Device.LocalAgent.Subscription';
const file = 'subscriptions.json';
const maxPerController = 64;

interface Stored {
	/** Controllers whose default rows were made, so that one an operator deleted stays away. */
	readonly greeted: readonly string[];
	readonly rows: readonly Subscription[];
}

export class Subscriptions {
	readonly #directory: Directory;
	readonly #numbers: InstanceNumbers;
	readonly #clock: Clock;
	readonly #listeners = new Set<() => void>();
	readonly #turns = new Turns();
	#greeted: readonly string[] = [];
	#rows: readonly Subscription[] = [];
	#expiry: Timer | undefined;

	constructor(options: { directory: Directory; numbers: InstanceNumbers; clock: Clock }) {
		this.#directory = options.directory;
		this.#numbers = options.numbers;
		this.#clock = options.clock;
	}

	async start(): Promise<void> {
		const stored = await readJson<Stored>(this.#directory, file);
		this.#greeted = stored?.greeted ?? [];
		this.#show(stored?.rows ?? []);
	}

	stop(): void {
		this.#expiry?.cancel();
	}

	list(): readonly Subscription[] {
		const now = this.#clock.now();
		return this.#rows.filter((row) => !isExpired(row, now));
	}

	/** Who has to be told of this, in order of their subscriptions. */
	of(what: { notifType: NotifType; objectPath: string; name: string }): Subscription[] {
		const now = this.#clock.now();
		return this.#rows.filter((subscription) => isSubscribed({ subscription, now, ...what }));
	}

	/** Calls back whenever a row came, changed or went. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** The rows a controller has from the start, made once in the life of the box. */
	greet(recipient: string, defaults: readonly SubscriptionChange[]): Promise<void> {
		return this.#turns.run(async () => {
			if (this.#greeted.includes(recipient)) return;
			const made: Subscription[] = [];
			for (const change of defaults) made.push(await this.#newRow(recipient, change));
			await this.#keep([...this.#rows, ...made], [...this.#greeted, recipient]);
		});
	}

	/** Errors: `resources-exceeded`, `duplicate-key`, `required-parameter-failed`. */
	check(recipient: string, change: SubscriptionChange, number?: number): void {
		const others = this.list().filter((row) => row.number !== number);
		const own = others.filter((row) => row.recipient === recipient);
		if (number === undefined && own.length >= maxPerController)
			throw new UspError('resources-exceeded', `a controller may have ${maxPerController} subscriptions`);
		if (number === undefined && (change.notifType === undefined || change.references === undefined))
			throw new UspError('required-parameter-failed', 'a subscription needs NotifType and ReferenceList');
		if (change.alias !== undefined && others.some(({ alias }) => alias === change.alias))
			throw new UspError('duplicate-key', `there is a subscription with Alias "${change.alias}"`);
		if (change.id !== undefined && own.some(({ id }) => id === change.id))
			throw new UspError('duplicate-key', `there is a subscription with ID "${change.id}"`);
	}

	add(recipient: string, change: SubscriptionChange): Promise<Subscription> {
		return this.#turns.run(async () => {
			const row = await this.#newRow(recipient, change);
			await this.#keep([...this.#rows, row], this.#greeted);
			return row;
		});
	}

	change(number: number, change: SubscriptionChange): Promise<void> {
		return this.#turns.run(async () => {
			const rows = this.#rows.map((row) => (row.number === number ? { ...row, ...change } : row));
			await this.#keep(rows, this.#greeted);
		});
	}

	remove(isGone: (row: Subscription) => boolean): Promise<void> {
		return this.#turns.run(async () => {
			const rows = this.#rows.filter((row) => !isGone(row));
			if (rows.length !== this.#rows.length) await this.#keep(rows, this.#greeted);
		});
	}

	async #newRow(recipient: string, change: SubscriptionChange): Promise<Subscription> {
		const number = await this.#numbers.take(table);
		return {
			alias: `cpe-${number}`,
			id: `cpe-${number}`,
			isEnabled: false,
			notifType: 'Event',
			references: [],
			isPersistent: false,
			timeToLive: 0,
			isRetried: false,
			notifExpiration: 0,
			...change,
			number,
			recipient,
			createdAt: this.#clock.now(),
		};
	}

	// On disk first: a row that was acknowledged is there after a power cut.
	async #keep(rows: readonly Subscription[], greeted: readonly string[]): Promise<void> {
		const stored: Stored = { greeted, rows: rows.filter(({ isPersistent }) => isPersistent) };
		const before: Stored = { greeted: this.#greeted, rows: this.#rows.filter((row) => row.isPersistent) };
		if (JSON.stringify(stored) !== JSON.stringify(before)) await writeJson(this.#directory, file, stored);
		this.#greeted = greeted;
		this.#show(rows);
	}

	#show(rows: readonly Subscription[]): void {
		const now = this.#clock.now();
		this.#rows = rows.filter((row) => !isExpired(row, now));
		this.#expiry?.cancel();
		const ends = this.#rows.flatMap(({ timeToLive, createdAt }) =>
			timeToLive > 0 ? [createdAt + timeToLive * 1_000_000] : [],
		);
		if (ends.length > 0) {
			const delayMs = Math.ceil((Math.min(...ends) - now) / 1000);
			this.#expiry = this.#clock.after(Math.min(delayMs, maxTimerMs), () => this.#show(this.#rows));
		}
		for (const listener of this.#listeners) listener();
	}
}

/** Timers count milliseconds in 31 bits. */
const maxTimerMs = 2 ** 31 - 1;

/** Unique keys of a row, as they go into an AddResp. */
export function subscriptionKeys(row: Subscription, recipientRef: string): Params {
	return { Alias: row.alias, Recipient: recipientRef, ID: row.id };
}
