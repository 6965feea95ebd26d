/** How much to fetch and when, so that who plays comes first. */
import { Settings } from "./bus/recorder";

const LEAST_FETCH_BYTES: u64 = 16_384;
const USUAL_SHARE: u64 = 50;
/** A player speaks twice a second: one that says nothing for so long plays no more. */
const SILENT_US: u64 = 2_000_000;
/** After a player had little in store nothing is fetched for so long. */
const HOLD_US: u64 = 1_000_000;

export class Pace {
	/** Nothing may be asked for before. */
	nextAt: u64 = 0;
	private playedAt: u64 = 0;
	private heldTo: u64 = 0;
	/** Of the last fetch. */
	private bytesPerSecond: u64 = 0;

	constructor(private settings: Settings) {}

	/** A player has said how much it has in store. */
	playing(bufferedMs: u32, isWaiting: bool, now: u64): void {
		this.playedAt = now;
		if (isWaiting || bufferedMs < this.settings.holdBelowMs) this.heldTo = now + HOLD_US;
	}

	/** When the next bytes may be asked for. */
	get readyAt(): u64 {
		return max(this.nextAt, this.heldTo);
	}

	/** Bytes to ask for, so that a fetch takes about as long as it should. */
	get fetchBytes(): u64 {
		const wanted = this.bytesPerSecond * <u64>this.settings.fetchMs / 1000;
		return min(max(LEAST_FETCH_BYTES, wanted), max(LEAST_FETCH_BYTES, <u64>this.settings.fetchBytes));
	}

	/** A fetch has brought so many bytes; after as long again, or longer, comes the next. */
	fetched(bytes: u64, askedAt: u64, now: u64): void {
		const us = max<u64>(1, now - askedAt);
		if (bytes > 0) this.bytesPerSecond = bytes * 1_000_000 / us;
		const isPlaying = this.playedAt != 0 && now < this.playedAt + SILENT_US;
		const share = this.settings.sharePercent == 0 ? USUAL_SHARE : min<u64>(100, this.settings.sharePercent);
		this.nextAt = askedAt + (isPlaying ? us * 100 / share : us);
		if (this.settings.mostKbps != 0)
			this.nextAt = max(this.nextAt, askedAt + bytes * 8000 / <u64>this.settings.mostKbps);
	}
}
