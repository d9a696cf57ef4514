package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that uses a store in every way at once, says which commits it was told are in, and ends
 * in the middle of it without closing anything.
 */
final class BusyProcess {
  static final int WRITERS = 2;
  static final int EXIT_CODE = 7;
  static final String ENDING = "ending";
  static final Schema SCHEMA = Schema.of("set:", Strategy.OR_SET);
  static final Options OPTIONS =
      Options.defaults().withOverlayBytes(128 << 10).withSegmentBytes(64 << 10);

  /** How it ends. */
  enum Ending {
    EXIT,
    HALT,
    RETURN,
    SIGNAL
  }

  private BusyProcess() {}

  private interface Use {
    void once() throws Exception;
  }

  /** The next commit of a writer: a half of it would show. */
  static void write(Tidemark store, int writer, long number, Durability durability) {
    store.commit(
        durability,
        batch -> {
          batch.lwwRegister("last" + writer, Codec.int64()).set(number);
          batch.orSet("set:" + writer, Codec.int64()).add(number);
        });
  }

  static long last(Tidemark store, int writer) {
    return store.lwwRegister("last" + writer, Codec.int64()).get().orElse(0L);
  }

  /** Arguments: the directory, how it ends, after how many commits of the first writer. */
  public static void main(String[] arguments) throws InterruptedException {
    Tidemark store = Tidemark.open(Path.of(arguments[0]), SCHEMA, OPTIONS);
    Ending ending = Ending.valueOf(arguments[1]);
    CountDownLatch due = new CountDownLatch(Integer.parseInt(arguments[2]));
    for (int writer = 0; writer < WRITERS; writer++) {
      writeForEver(store, writer, due);
    }
    List<Use> uses = List.of(() -> read(store), () -> keepBusy(store), () -> follow(store));
    for (Use use : uses) {
      inBackground(
          () -> {
            while (true) {
              use.once();
            }
          });
    }
    due.await();
    System.out.println(ENDING);
    System.out.flush();
    switch (ending) {
      case EXIT -> System.exit(EXIT_CODE);
      case HALT -> Runtime.getRuntime().halt(EXIT_CODE);
      case RETURN -> {
        // All other threads are daemons.
      }
      case SIGNAL -> {
        while (true) {
          LockSupport.park();
        }
      }
    }
  }

  private static void writeForEver(Tidemark store, int writer, CountDownLatch due) {
    long first = last(store, writer) + 1;
    inBackground(
        () -> {
          for (long number = first; ; number++) {
            boolean synced = number % 8 == 0;
            write(store, writer, number, synced ? Durability.SYNCED : Durability.BUFFERED);
            System.out.println(writer + " " + number + ".");
            if (writer == 0) {
              due.countDown();
            }
          }
        });
  }

  private static void keepBusy(Tidemark store) {
    store.flush();
    store.roll();
    store.sync();
    // Each segment is a file of its own: not so many that nothing else happens.
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
  }

  private static void read(Tidemark store) {
    store.orSet("set:0", Codec.int64()).elements();
    store.orSet("set:1", Codec.int64()).size();
    try (Scan scan = store.scan("")) {
      scan.page(10);
    }
  }

  private static void follow(Tidemark store) throws InterruptedException {
    try (Subscription subscription = store.subscribe("", 1);
        CommitStream stream = store.commits(1)) {
      for (int i = 0; i < 50; i++) {
        subscription.poll(Duration.ofMillis(1));
        stream.next();
      }
    }
  }

  private static void inBackground(Use use) {
    Thread thread =
        new Thread(
            () -> {
              try {
                use.once();
              } catch (Throwable e) {
                // Not an ending that the test knows: it finds an exit code that it does not expect.
                e.printStackTrace();
                Runtime.getRuntime().halt(1);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
