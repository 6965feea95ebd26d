/**
 * Watches what feeds the box: says when the mains are lost and when they are back, counts the minutes that
 * are left, and tells when it is time to stop.
 *
 * Mains that come and go do not have everything suspended and woken in turn: they count as lost after a
 * moment, and as back only once they have stayed for a while.
 */
import type { Clock, Timer } from '../clock.ts';
import { codeOf } from '../error.ts';
import { Discharge } from './discharge.ts';
import { isOnBattery, type PowerEvent, type PowerState, powerMachine } from './power-machine.ts';
import type { PowerReading, PowerSupplies } from './power-supplies.ts';

export interface PowerView {
	readonly source: 'mains' | 'battery';
	readonly percent: number | undefined;
	/** Until the battery is empty; undefined on mains, and while nobody knows. */
	readonly minutesLeft: number | undefined;
	/** The box is about to switch itself off. */
	readonly isLast: boolean;
}

export interface PowerOptions {
	readonly clock: Clock;
	readonly supplies: PowerSupplies;
	/** How often it is looked, in milliseconds; default 2000. Where nothing says anything of power, a 30th as often. */
	readonly everyMs?: number;
	/** How long mains have to be gone before they count as lost; default 1000. */
	readonly lostMs?: number;
	/** How long they have to be there before they count as back; default 10 000. */
	readonly backMs?: number;
	/** What is left when the box stops: whichever comes first. Defaults 5 percent, 2 minutes. */
	readonly stopPercent?: number;
	readonly stopMinutes?: number;
	/** Something of the view is another. */
	readonly changed: (view: PowerView, before: PowerView) => void;
	/** Nothing could be read: told once, until something can be. */
	readonly trouble: (why: string) => void;
}

export class Power {
	readonly #options: Required<PowerOptions>;
	readonly #discharge = new Discharge();
	#state: PowerState = 'mains';
	#sinceUs = 0;
	#reading: PowerReading = { hasMains: undefined, battery: undefined };
	#view: PowerView = { source: 'mains', percent: undefined, minutesLeft: undefined, isLast: false };
	#timer: Timer | undefined;
	#isInTrouble = false;
	#isClosed = false;

	private constructor(options: PowerOptions) {
		this.#options = {
			everyMs: 2000,
			lostMs: 1000,
			backMs: 10_000,
			stopPercent: 5,
			stopMinutes: 2,
			...options,
		};
	}

	/** Knows at once what feeds the box: one that starts without mains does not begin with everything. */
	static async open(options: PowerOptions): Promise<Power> {
		const power = new Power(options);
		await power.#read();
		if (power.#reading.hasMains === false) power.#state = 'battery';
		power.#view = power.#look();
		power.#wait();
		return power;
	}

	get view(): PowerView {
		return this.#view;
	}

	/** Whether there are mains at this moment, as far as anybody knows; they may not count as back yet. */
	get hasMains(): boolean {
		return this.#reading.hasMains !== false;
	}

	/** Whether only what is essential may run. */
	get isOnBattery(): boolean {
		return isOnBattery(this.#state);
	}

	close(): void {
		this.#isClosed = true;
		this.#timer?.cancel();
	}

	#wait(): void {
		const { clock } = this.#options;
		const { hasMains, battery } = this.#reading;
		const isSilent = hasMains === undefined && battery === undefined;
		const everyMs = this.#options.everyMs * (isSilent ? 30 : 1);
		const ms = Math.max(1, Math.min(everyMs, Math.ceil(this.#leftMs ?? everyMs)));
		this.#timer = clock.after(ms, async () => {
			await this.#read();
			if (this.#isClosed) return;
			this.#step();
			this.#wait();
		});
	}

	/** Until what has changed counts, in milliseconds; undefined where nothing has. */
	get #leftMs(): number | undefined {
		const { clock, lostMs, backMs } = this.#options;
		const lastingMs: Partial<Record<PowerState, number>> = { failing: lostMs, returning: backMs };
		const lasts = lastingMs[this.#state];
		return lasts === undefined ? undefined : lasts - (clock.now() - this.#sinceUs) / 1000;
	}

	async #read(): Promise<void> {
		try {
			this.#reading = await this.#options.supplies.read();
			this.#isInTrouble = false;
		} catch (error) {
			// What was last known is more likely than anything else.
			if (!this.#isInTrouble) this.#options.trouble(`${codeOf(error)}: ${(error as Error).message}`);
			this.#isInTrouble = true;
		}
	}

	#step(): void {
		const { hasMains } = this.#reading;
		if (hasMains !== undefined) this.#on(hasMains ? 'back' : 'lost');
		if ((this.#leftMs ?? 1) <= 0) this.#on('lasted');
		const before = this.#view;
		let view = this.#look();
		if (hasMains === false && this.#isLow(view)) {
			this.#on('low');
			view = this.#look();
		}
		this.#view = view;
		const isSame = (Object.keys(view) as (keyof PowerView)[]).every((key) => view[key] === before[key]);
		if (!isSame) this.#options.changed(view, before);
	}

	#on(event: PowerEvent): void {
		const next = powerMachine[this.#state][event];
		if (next === undefined) return;
		this.#state = next;
		this.#sinceUs = this.#options.clock.now();
	}

	#look(): PowerView {
		const now = this.#options.clock.now();
		const { hasMains, battery } = this.#reading;
		const percent = battery?.percent;
		const isUsed = hasMains === false;
		if (!isUsed) this.#discharge.forget();
		else if (percent !== undefined) this.#discharge.note(percent, now);
		const secondsLeft = isUsed ? (battery?.secondsLeft ?? this.#discharge.secondsLeft(now)) : undefined;
		return {
			source: this.isOnBattery ? 'battery' : 'mains',
			percent,
			minutesLeft: secondsLeft === undefined ? undefined : Math.floor(secondsLeft / 60),
			isLast: this.#state === 'last',
		};
	}

	/** One that says nothing of itself lasts as long as it lasts. */
	#isLow({ percent = Infinity, minutesLeft = Infinity }: PowerView): boolean {
		const { stopPercent, stopMinutes } = this.#options;
		return percent <= stopPercent || minutesLeft < stopMinutes;
	}
}
