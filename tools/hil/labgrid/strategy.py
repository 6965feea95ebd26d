"""How labgrid brings a box of ours from one state to another."""
import enum

import attr
from labgrid import step, target_factory
from labgrid.strategy import Strategy, StrategyError


class Status(enum.Enum):
    unknown = 0
    off = 1
    # U-Boot has checked the signature of a slot and started it.
    booted = 2
    # The platform runs, and says from which slot.
    ready = 3


@target_factory.reg_driver
@attr.s(eq=False)
class MullionStrategy(Strategy):
    bindings = {"qemu": "QEMUDriver"}

    status = attr.ib(default=Status.unknown)
    # Seconds; an emulator on a busy machine takes its time.
    timeout = attr.ib(default=300, validator=attr.validators.instance_of(int))
    # What the box said in its firmware line, once it is ready.
    firmware = attr.ib(default="")

    @step(args=["status"])
    def transition(self, status, *, step):
        if not isinstance(status, Status):
            status = Status[status]
        if status == self.status:
            step.skip("nothing to do")
            return
        if status == Status.off:
            self.target.activate(self.qemu)
            self.qemu.off()
        elif status == Status.booted:
            self.transition(Status.off)
            self.qemu.on()
            self._expect_start()
        elif status == Status.ready:
            self.transition(Status.booted)
            self._expect_platform()
        else:
            raise StrategyError(f"there is no way to {status}")
        self.status = status

    @step()
    def reset(self):
        """Pulls the reset line and waits until the box is ready again."""
        self.transition(Status.ready)
        self.qemu.monitor_command("system_reset")
        self._expect_start()
        self._expect_platform()

    def _expect_start(self):
        self.qemu.expect("starting slot [ab]", timeout=self.timeout)
        self.qemu.expect(r"sha256,rsa2048:slot\+ OK", timeout=self.timeout)

    def _expect_platform(self):
        _, _, match, _ = self.qemu.expect(
            r"firmware (\S+), release (\d+), in slot ([ab]) is (\w+)", timeout=self.timeout
        )
        self.firmware = match.group(0).decode()
