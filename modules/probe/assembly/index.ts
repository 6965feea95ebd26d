/** Does on request what a service should and should not do: for tests and figures. */
import { Failure, Service, Turn, serve } from "mullion/sdk";
import { Order, Word } from "./bus/probe";

class Probe extends Service {
	private orders: u32 = 0;
	/** Where the last order came from. */
	private from: string = "";

	/** The configuration, if there is one, is an order to be obeyed before anything else. */
	start(turn: Turn): void {
		if (turn.config.length == 0) return;
		const order = Order.decode(turn.config);
		if (order !== null) this.obey(order, turn);
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic.endsWith(".echo")) {
			if (turn.isRequest) turn.reply(payload);
			else turn.publish("probe.out", payload);
			return;
		}
		const order = Order.decode(payload);
		if (order === null) return turn.reject("malformed");
		this.orders++;
		this.from = topic;
		this.obey(order, turn);
	}

	answer(correlation: u32, payload: Uint8Array, turn: Turn): void {
		const word = Word.decode(payload);
		this.say(word === null ? "malformed answer" : "answered " + word.text, turn);
	}

	failed(correlation: u32, failure: Failure, turn: Turn): void {
		this.say("failed " + failure.toString(), turn);
	}

	timer(name: string, turn: Turn): void {
		this.say("timer " + name, turn);
	}

	chunk(stream: u32, offset: u64, bytes: Uint8Array, turn: Turn): void {
		this.say("chunk " + offset.toString() + "+" + bytes.length.toString(), turn);
	}

	streamEnded(stream: u32, size: u64, turn: Turn): void {
		this.say("ended " + size.toString(), turn);
	}

	streamFailed(stream: u32, failure: Failure, turn: Turn): void {
		this.say("stream failed " + failure.toString(), turn);
	}

	private obey(order: Order, turn: Turn): void {
		const what = order.what;
		if (what == "count") this.say("orders", turn);
		else if (what == "loop") while (true) this.orders++;
		else if (what == "trap") {
			turn.publish("probe.out", this.word("never seen"));
			turn.info("about to trap");
			throw new Error("as ordered");
		} else if (what == "recurse") this.say(this.depth(0).toString(), turn);
		else if (what == "grow") {
			const kept: Uint8Array[] = [];
			while (true) kept.push(new Uint8Array(65536));
		} else if (what == "flood") this.flood(order, turn);
		else if (what == "chain") this.chain(order, turn);
		else if (what == "put") turn.put(order.text, Uint8Array.wrap(String.UTF8.encode("x".repeat(order.count))));
		else if (what == "get") this.tell(turn.get(order.text) === null ? "nothing" : "something", turn);
		else if (what == "after") turn.after(order.count, order.text);
		else if (what == "storm") for (let left = order.count; left > 0; left--) turn.every(1, left.toString());
		else if (what == "every") turn.every(order.count, order.text);
		else if (what == "fetch") turn.fetch(order.text, 0, order.count);
		else if (what == "forbidden") turn.publish("media.state", this.word("not ours"));
		else if (what == "ask") turn.request("probe.order", this.order(order.text == "" ? "answer" : order.text), order.count);
		else if (what == "tell") turn.publish(order.text, this.word("x".repeat(order.count)));
		else if (what == "answer") turn.reply(this.word("an answer"));
		else if (what == "refuse") turn.reject("as ordered");
		else if (what == "log") for (let left = order.count; left > 0; left--) turn.info(order.text);
	}

	/** To the topic that the order names, or to the one it says everything on. */
	private flood(order: Order, turn: Turn): void {
		const topic = order.text == "" ? "probe.out" : order.text;
		const word = this.word("flood");
		for (let left = order.count; left > 0; left--) turn.publish(topic, word);
	}

	/** Tells itself to go on, so that each link of the chain is a turn of its own. */
	private chain(order: Order, turn: Turn): void {
		this.say(order.count.toString(), turn);
		if (order.count > 0) {
			order.count--;
			turn.publish(this.from, order.encode());
		}
	}

	private depth(at: i32): i32 {
		return at < 0 ? 0 : this.depth(at + 1) + 1;
	}

	/** Who asked has it as an answer. */
	private tell(text: string, turn: Turn): void {
		if (turn.isRequest) turn.reply(this.word(text));
		else this.say(text, turn);
	}

	private say(text: string, turn: Turn): void {
		turn.publish("probe.out", this.word(text));
	}

	private order(what: string): Uint8Array {
		const order = new Order();
		order.what = what;
		return order.encode();
	}

	private word(text: string): Uint8Array {
		const word = new Word();
		word.text = text;
		word.count = this.orders;
		return word.encode();
	}
}

serve(new Probe());
