/** What the persona asks for, kept within what the player can do. */
import { PlayerConfig } from "./bus/media";

export class Settings {
	constructor(
		readonly readAheadMs: u32,
		readonly fetchBytes: u32,
		readonly leadMs: u32,
		readonly checkpointMs: u32,
	) {}

	/** Reads a PlayerConfig; what is 0 or malformed is the thrifty persona's. */
	static of(bytes: Uint8Array): Settings {
		const decoded = PlayerConfig.decode(bytes);
		const config = decoded == null ? new PlayerConfig() : decoded;
		return new Settings(
			within(config.readAheadMs, 4_000, 500, 60_000),
			within(config.fetchBytes, 16_384, 4_096, 262_144),
			within(config.leadMs, 1_500, 300, 5_000),
			within(config.checkpointMs, 1_000, 100, 60_000),
		);
	}
}

function within(value: u32, usual: u32, least: u32, most: u32): u32 {
	return value == 0 ? usual : min(max(value, least), most);
}
