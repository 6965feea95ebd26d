/** Counts rings, tells everybody, and says how many there were. */
import { Service, serve, Turn } from "mullion/sdk";
import { Count, Ring, Rung } from "./bus/__name__";

class __Name__ extends Service {
	private rings: u32 = 0;

	start(turn: Turn): void {
		// What was stored before a restart is there again.
		const stored = turn.get("rings");
		if (stored === null) return;
		const count = Count.decode(stored);
		if (count === null) return;
		this.rings = count.rings;
		turn.info(`goes on after ${this.rings} rings`);
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "__name__.ring") this.ring(payload, turn);
		else if (topic == "__name__.count") turn.reply(Count.of(this.rings).encode());
	}

	private ring(payload: Uint8Array, turn: Turn): void {
		const ring = Ring.decode(payload);
		if (ring === null) return turn.reject("not a Ring");
		this.rings++;
		turn.info(`someone is at the ${ring.door} door`);
		turn.put("rings", Count.of(this.rings).encode());
		turn.publish("__name__.rung", Rung.of("Someone is at the " + ring.door + " door", this.rings).encode());
	}
}

serve(new __Name__());
