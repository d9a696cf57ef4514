package dev.tidemark;

import java.nio.file.Path;

/** Makes a store hold more, in a process that is killed over it. */
final class WideningProcess {
  private WideningProcess() {}

  public static void main(String[] arguments) {
    try (Tidemark from = open(arguments[0], 1);
        Tidemark to = open(arguments[1], 2);
        Exchange exchange = new Exchange(from, to)) {
      exchange.widen(WideningTest.AB);
    }
  }

  private static Tidemark open(String directory, int replica) {
    return Tidemark.open(Path.of(directory), WideningTest.SCHEMA, WideningTest.options(replica));
  }
}
