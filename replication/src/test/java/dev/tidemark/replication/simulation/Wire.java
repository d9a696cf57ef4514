package dev.tidemark.replication.simulation;

import dev.tidemark.replication.session.Link;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * A connection as a network gives it: in each direction frames keep their order, take their time,
 * and are lost with all that follows. One end may fall silent, a frame may come twice or changed.
 */
final class Wire {
  private static final int IN_FLIGHT = 3;

  private final World world;
  private final Tampering breakage;
  private final long latency;
  final End dialled;
  final End accepted;

  Wire(World world, Tampering breakage, Node dialler, Node listener) {
    this.world = world;
    this.breakage = breakage;
    this.latency = world.upTo(world.oneIn(10) ? 200 * World.MILLI : 3 * World.MILLI);
    this.dialled = new End(dialler);
    this.accepted = new End(listener);
    dialled.other = accepted;
    accepted.other = dialled;
  }

  boolean isOf(Node dialler, Node listener) {
    return dialled.node == dialler && accepted.node == listener;
  }

  boolean touches(Node node) {
    return dialled.node == node || accepted.node == node;
  }

  boolean isDead() {
    return dialled.closed && accepted.closed;
  }

  /** What is under way is lost, and both ends hear of it, each in its time. */
  void reset() {
    dialled.lose();
    accepted.lose();
  }

  /** The machine at one end is gone; the other end hears of it, or not. */
  void vanish(Node node, boolean told) {
    End gone = dialled.node == node ? dialled : accepted;
    gone.fallSilent();
    gone.other.fallSilent();
    if (told) {
      gone.other.lose();
    }
  }

  /** One end of it. */
  final class End implements Link {
    final Node node;
    private End other;
    private Receiver receiver;
    private SimulatedDriver driver;
    private final Deque<byte[]> arrived = new ArrayDeque<>();
    private int asked;
    private int underWay;
    private long lastArrival;
    private long sent;
    private boolean silent;
    private boolean lost;
    private boolean closing;
    private boolean closed;
    private boolean repeat;
    private boolean alter;

    private End(Node node) {
      this.node = node;
    }

    void to(Receiver who, SimulatedDriver by) {
      receiver = who;
      driver = by;
    }

    /** Nothing that is sent from here arrives any more, and nobody is told. */
    void fallSilent() {
      silent = true;
    }

    /** The next frame from here comes twice. */
    void repeatNext() {
      repeat = true;
    }

    /** The next frame from here has another bit. */
    void alterNext() {
      alter = true;
    }

    private void lose() {
      lost = true;
      arrived.clear();
      world.in(world.upTo(5 * World.MILLI), this::tellClosed);
    }

    private void tellClosed() {
      if (!closed) {
        closed = true;
        receiver.onClosed("lost");
        driver.poke();
      }
    }

    long sent() {
      return sent;
    }

    @Override
    public boolean isReady() {
      // A step is begun when there is room, and sends a few frames at most.
      return driver.isWriting() || underWay + other.arrived.size() < IN_FLIGHT;
    }

    @Override
    public void send(byte[] frame) {
      long number = sent++;
      if (silent || lost || closed) {
        return;
      }
      byte[] passed = breakage.passed(frame, number, node, other.node, world);
      node.cluster.sends(node, passed, number);
      if (alter) {
        alter = false;
        passed = passed.clone();
        passed[world.random.nextInt(passed.length)] ^= (byte) (1 << world.random.nextInt(8));
      }
      put(passed);
      if (repeat) {
        repeat = false;
        put(passed);
      }
    }

    private void put(byte[] frame) {
      underWay++;
      lastArrival = Math.max(lastArrival + 1, world.nanos() + world.upTo(latency));
      world.in(lastArrival - world.nanos(), () -> arrive(frame));
    }

    private void arrive(byte[] frame) {
      underWay--;
      if (!silent && !lost && !other.lost && !other.closed) {
        other.arrived.add(frame);
        other.hand();
      }
      driver.poke();
    }

    private void hand() {
      while (asked > 0 && !arrived.isEmpty()) {
        asked--;
        byte[] frame = arrived.remove();
        world.event("frame", node.id, frame.length);
        receiver.onFrame(frame);
        node.touch();
        other.driver.poke();
      }
      if (closing && arrived.isEmpty()) {
        tellClosed();
      }
    }

    @Override
    public void request(int frames) {
      asked += frames;
      hand();
    }

    @Override
    public void close(String detail) {
      closed = true;
      if (!silent && !lost) {
        long when = Math.max(lastArrival + 1, world.nanos() + world.upTo(latency));
        world.in(
            when - world.nanos(),
            () -> {
              other.closing = true;
              other.hand();
            });
      }
    }

    @Override
    public Set<String> certifiedNames() {
      return Set.of();
    }

    @Override
    public String address() {
      return "simulated";
    }
  }
}
