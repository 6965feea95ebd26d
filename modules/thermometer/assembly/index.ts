/** A thermometer says a line for each reading, `21.5`; an alarm is raised once it is too hot, and its lamp is lit. */
import { Service, Turn, serve } from "mullion/sdk";
import { SerialData } from "./bus/expansion";
import { Alarm, Settings, Temperature } from "./bus/thermometer";

/** A line that is longer is none of a thermometer's. */
const longestLine = 32;
const newline: u8 = 10;

class Thermometer extends Service {
	private settings: Settings = new Settings();
	/** What has come of a line. */
	private line: string = "";
	private isTooLong: bool = false;
	private isAlarmed: bool = false;
	private seen: Temperature = new Temperature();

	start(turn: Turn): void {
		const settings = Settings.decode(turn.config);
		if (settings !== null) this.settings = settings;
		turn.info("an alarm is raised at " + this.settings.limit.toString() + " degrees");
	}

	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "home.temperature") return turn.reply(this.seen.encode());
		const said = SerialData.decode(payload);
		if (said === null) return turn.reject("not SerialData");
		for (let at = 0; at < said.data.length; at++) this.take(said.data[at], said.port, turn);
		turn.reply(new Uint8Array(0));
	}

	private take(byte: u8, port: string, turn: Turn): void {
		if (byte != newline) {
			if (this.line.length < longestLine) this.line += String.fromCharCode(byte);
			else this.isTooLong = true;
			return;
		}
		const degrees = this.isTooLong ? NaN : parseFloat(this.line);
		this.line = "";
		this.isTooLong = false;
		if (!isNaN(degrees)) this.read(<f32>degrees, port, turn);
	}

	private read(degrees: f32, port: string, turn: Turn): void {
		const seen = this.seen;
		seen.highest = seen.readings == 0 ? degrees : max(seen.highest, degrees);
		seen.last = degrees;
		seen.readings++;
		if (degrees < this.settings.calm) this.isAlarmed = false;
		if (this.isAlarmed || degrees < this.settings.limit) return;
		this.isAlarmed = true;
		seen.alarms++;
		turn.warn(degrees.toString() + " degrees at " + port);
		const alarm = new Alarm();
		alarm.port = port;
		alarm.degrees = degrees;
		turn.publish("home.alarm", alarm.encode());
		const lamp = new SerialData();
		lamp.port = port;
		lamp.data = Uint8Array.wrap(String.UTF8.encode("lamp on\n"));
		turn.publish("serial.output", lamp.encode());
	}
}

serve(new Thermometer());
