/** What is said to the box of recordings. */
import { Turn } from "mullion/sdk";
import { Append, Begin, Finish, List, Order, Remove } from "./bus/recordings";

const TOPIC = "recordings.order";

export function begin(name: string, note: Uint8Array, turn: Turn): void {
	const order = new Order();
	order.name = name;
	order.begin = Begin.of(note);
	turn.publish(TOPIC, order.encode());
}

export function append(name: string, offset: u64, bytes: Uint8Array, turn: Turn): void {
	const order = new Order();
	order.name = name;
	order.append = Append.of(offset, bytes);
	turn.publish(TOPIC, order.encode());
}

export function finish(name: string, code: string, turn: Turn): void {
	const order = new Order();
	order.name = name;
	order.finish = Finish.of(code);
	turn.publish(TOPIC, order.encode());
}

export function remove(name: string, turn: Turn): void {
	const order = new Order();
	order.name = name;
	order.remove = new Remove();
	turn.publish(TOPIC, order.encode());
}

export function list(turn: Turn): void {
	const order = new Order();
	order.list = new List();
	turn.publish(TOPIC, order.encode());
}
