package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchange;
import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.replication.wire.SessionEndedException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Taking over a network, when it is asked for, comes to what an exchange in process does. */
class PullerTest {
  private static final ReplicationOptions OPTIONS =
      ReplicationOptions.of("test", "x").withPlainText();

  @RegisterExtension final Stores stores = new Stores();

  private Replicator listen(Tidemark store) throws Exception {
    return stores.closing(
        Replicator.start(
            store, OPTIONS.withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
  }

  private Puller dial(Tidemark to, Replicator from) throws Exception {
    return stores.closing(
        Puller.dial(
            to, OPTIONS, new InetSocketAddress(InetAddress.getLoopbackAddress(), from.port())));
  }

  @Test
  void takesWhatIsThereWhenItAsksAndGivesNothing() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(b, 1, 10);
    Puller puller = dial(b, listen(a));
    assertThat(puller.pull()).isZero();
    for (int round = 0; round < 20; round++) {
      Stores.write(a, round, 30);
      assertThat(puller.pull()).isEqualTo(30);
      assertThat(b.vector().get(1)).isEqualTo(30L * (round + 1));
    }
    assertThat(puller.pull()).isZero();
    assertThat(a.vector().get(2)).isZero();
  }

  @Test
  void takesUpToAnOperationWhatItsMakerHadSeen() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark c = stores.open(3);
    Tidemark inProcess = stores.open(4);
    Stores.write(a, 1, 10);
    Stores.write(c, 2, 10);
    Exchanges.pull(c, a);
    Stores.write(a, 3, 10);
    Puller puller = dial(b, listen(a));
    try (Exchange exchange = new Exchange(a, inProcess)) {
      for (long until : new long[] {0, 1, 5, 5, 10, 11, 3, 20, 25}) {
        assertThat(puller.pullUntil(until)).isEqualTo(exchange.pullUntil(until));
        assertThat(b.vector()).as("until %s", until).isEqualTo(inProcess.vector());
      }
    }
  }

  @Test
  void aLogThatWasFoldedOrCutIsTakenAllTheSame() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Puller puller = dial(b, listen(a));
    Stores.write(a, 1, 100);
    puller.pull();
    Stores.write(a, 2, 100);
    a.compact();
    Stores.write(a, 3, 100);
    puller.pull();
    Stores.awaitEqual(a, b);
    Stores.write(a, 4, 100);
    a.truncate();
    Stores.write(a, 5, 10);
    puller.pull();
    Stores.awaitEqual(a, b);
  }

  /** Whoever closed the puller once it had the commits was left without what they refer to. */
  @Test
  void waitsForTheLargeValuesOfWhatItTook() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    byte[] value = new byte[3 << 20];
    new Random(1).nextBytes(value);
    a.largeValues().put("large", new ByteArrayInputStream(value));
    Puller puller = dial(b, listen(a));
    assertThat(puller.awaitData(Duration.ZERO)).isTrue();
    puller.pull();

    assertThat(puller.awaitData(Duration.ofMinutes(1))).isTrue();
    puller.close();

    try (InputStream in = b.largeValues().read("large").orElseThrow()) {
      assertThat(in.readAllBytes()).isEqualTo(value);
    }
  }

  @Test
  void bothWaysAtOnceAndBesideALastingSession() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator ofA = listen(a);
    Replicator ofB = listen(b);
    Puller toA = dial(a, ofB);
    Puller toB = dial(b, ofA);
    Stores.write(a, 1, 50);
    Stores.write(b, 2, 50);
    toA.pull();
    toB.pull();
    Stores.awaitEqual(a, b);
  }

  @Test
  void whoseCounterpartIsGoneSaysSo() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator listening = listen(a);
    Puller puller = dial(b, listening);
    puller.pull();
    listening.close();
    assertThatThrownBy(puller::pull).isInstanceOf(SessionEndedException.class);
  }
}
