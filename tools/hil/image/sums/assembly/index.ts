/** Reckons where processors differ if nobody takes care, and publishes every bit of it. */
import { Service, Turn, serve } from "mullion/sdk";
import { Order, Result } from "./bus/sums";

/** Numbers with nothing ordinary about them, in pairs that make not-a-numbers of every kind. */
const odd: StaticArray<f64> = [
	0, -0.0, Infinity, -Infinity, NaN, 1e308, -1e308, 5e-324, -5e-324, 2147483648.5, -9223372036854775808.0,
];

class Sums extends Service {
	private random: u32 = 0;
	private orders: u32 = 0;

	start(turn: Turn): void {
		turn.info("ready");
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		const order = Order.decode(payload);
		if (order === null) return turn.reject("malformed");
		this.orders++;
		this.random = order.seed;
		if (order.rounds == 0) while (true) this.next();
		const bits = new Uint8Array(i32(order.rounds) * 64);
		for (let round: u32 = 0; round < order.rounds; round++) this.reckon(bits, i32(round) * 64);
		const result = new Result();
		result.bits = bits;
		turn.publish("sums.out", result.encode());
		turn.put("last", bits.subarray(0, 64));
		turn.info("order " + this.orders.toString() + " of " + this.hash(bits).toString(16));
	}

	private reckon(bits: Uint8Array, at: i32): void {
		const a = this.number();
		const b = this.number();
		const view = new DataView(bits.buffer, at, 64);
		view.setUint64(0, reinterpret<u64>(a / b));
		view.setUint64(8, reinterpret<u64>(a - b));
		view.setUint64(16, reinterpret<u64>(Math.sqrt(a)));
		view.setUint64(24, reinterpret<u64>(max(a, b)));
		view.setUint64(32, reinterpret<u64>(f64(f32(a) * f32(b))));
		view.setUint64(40, u64(i64(a)) ^ u64(i32(b)));
		view.setUint64(48, reinterpret<u64>(nearest(a) + trunc(b) * floor(a)));
		view.setUint64(56, reinterpret<u64>(Math.sin(a) * Math.pow(Math.abs(b), 0.3)));
	}

	private number(): f64 {
		const which = this.next();
		if (which % 3 == 0) return odd[i32(this.next() % u32(odd.length))];
		return f64(i32(this.next())) / f64(this.next() % 1000);
	}

	/** Marsaglia's xorshift. */
	private next(): u32 {
		let x = this.random | 1;
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		this.random = x;
		return x;
	}

	private hash(bits: Uint8Array): u64 {
		let hash: u64 = 0xcbf29ce484222325;
		for (let index = 0; index < bits.length; index++) hash = (hash ^ u64(bits[index])) * 0x100000001b3;
		return hash;
	}
}

serve(new Sums());
