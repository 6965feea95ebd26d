/** Opens the home to new devices when the WPS button of the box is pressed, and keeps how often that was. */
import { Service, Turn, serve } from "mullion/sdk";
import { Button } from "./bus/button";
import { Pairing } from "./bus/pairing";

class Pairings extends Service {
	private count: u32 = 0;

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		const button = Button.decode(payload);
		if (button === null || !button.isPressed || button.name != "wps") return;
		const pairing = new Pairing();
		pairing.count = ++this.count;
		turn.put("count", pairing.encode());
		turn.publish("home.pairing", pairing.encode());
	}
}

serve(new Pairings());
