/** Takes photos of nothing in particular, and tells of each that it is shown how long it is and what its checksum is. */
import { Service, Turn, serve } from "mullion/sdk";
import { Order, Photo } from "./bus/album";

class Album extends Service {
	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "album.take") this.take(payload, turn);
		else this.see(payload, turn);
	}

	private take(payload: Uint8Array, turn: Turn): void {
		const order = Order.decode(payload);
		if (order === null) return turn.reject("not an Order");
		const photo = new Photo();
		photo.pixels = new Uint8Array(i32(order.bytes));
		let pixel = order.seed;
		for (let at = 0; at < photo.pixels.length; at++) {
			pixel = pixel * 1664525 + 1013904223;
			unchecked((photo.pixels[at] = u8(pixel >> 24)));
		}
		turn.publish("album.photo", photo.encode());
	}

	/** The checksum is FNV-1a. */
	private see(payload: Uint8Array, turn: Turn): void {
		const photo = Photo.decode(payload);
		if (photo === null) return turn.reject("not a Photo");
		let sum: u32 = 0x811c9dc5;
		for (let at = 0; at < photo.pixels.length; at++) sum = (sum ^ u32(unchecked(photo.pixels[at]))) * 0x01000193;
		turn.info("seen " + photo.pixels.length.toString() + " bytes of " + sum.toString(16));
	}
}

serve(new Album());
