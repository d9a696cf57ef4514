package dev.tidemark.benchmarks.harness;

/** What the store is to reach, each in the row of a benchmark that measures just this. */
public enum Target {
  /** Registers, uniform over 10^6 keys. */
  PUT("lww-register put, 10^6 keys, uniform", Sense.AT_LEAST, 6, "x RocksDB put with WAL"),
  /** Registers over so many keys that hardly two updates meet in memory. */
  PUT_SPREAD("lww-register put, 10^7 keys", Sense.AT_LEAST, 3, "x RocksDB put with WAL"),
  /** Registers, some keys far more often than others. */
  PUT_ZIPFIAN("lww-register put, Zipfian 0.99", Sense.AT_LEAST, 8, "x RocksDB put with WAL"),
  /** The slowest of a thousand puts that come at a steady rate. */
  PUT_LATENCY("put p99.9 at 100,000/s, open loop", Sense.AT_MOST, 0.25, "x RocksDB's p99.9"),
  /** The longest that one put took. */
  STALL("longest stall over all puts", Sense.AT_MOST, 50, " ms"),
  /** Counters that stay in memory. */
  INCREMENT("pn-counter increment, 1,000 keys", Sense.AT_LEAST, 0.25, "x raw Chronicle append"),
  /** One caller that waits for the disk. */
  SYNCED_ONE("SYNCED put, 1 caller", Sense.AT_LEAST, 0.9, "x raw append and force"),
  /** Callers that share forces. */
  SYNCED_MANY("SYNCED put, 64 callers", Sense.AT_LEAST, 20, "x 1 caller"),
  /** Reads of a few keys. */
  GET_HOT("get, 10^4 of 10^6 keys", Sense.AT_LEAST, 3, "x RocksDB get"),
  /** Reads of all keys. */
  GET_SPREAD("get, all of 10^6 keys", Sense.AT_LEAST, 0.9, "x RocksDB get"),
  /** A walk over all keys. */
  SCAN("scan", Sense.AT_LEAST, 0.8, "x RocksDB iterator"),
  /** An add costs the same whatever the size of the set. */
  SET_FLAT("or-set add, greatest / least size", Sense.AT_MOST, 1.3, "x of each other"),
  /** A set of 10^4 elements, each add on the disk. */
  SET_SYNCED("or-set add at 10^4, SYNCED", Sense.AT_LEAST, 100, "x Pekko, flush per update"),
  /** A set of 10^4 elements, written behind. */
  SET_BUFFERED("or-set add at 10^4, BUFFERED", Sense.AT_LEAST, 100, "x Pekko, write-behind"),
  /** Commits of another store. */
  INTAKE("remote intake, 10^6 keys", Sense.AT_LEAST, 1.5, "x RocksDB put with WAL"),
  /** Opening after a crash. */
  REPLAY("replay after a crash, operations/s", Sense.AT_LEAST, 1_500_000, "/s"),
  /** Folding the same log. */
  FOLD("compaction of that log, operations/s", Sense.AT_LEAST, 2_000_000, "/s");

  private final String what;
  private final Sense sense;
  private final double bound;
  private final String unit;

  Target(String what, Sense sense, double bound, String unit) {
    this.what = what;
    this.sense = sense;
    this.bound = bound;
    this.unit = unit;
  }

  /** What is to be reached, in words. */
  public String what() {
    return what;
  }

  /** The bound with its sense and unit. */
  public String bound() {
    String number = bound < 10 ? Figure.format("%s", bound) : Figure.format("%,.0f", bound);
    return (sense == Sense.AT_LEAST ? ">= " : "<= ") + number.replaceFirst("\\.0$", "") + unit;
  }

  /** Whether a value reaches it. */
  public boolean isMetBy(double value) {
    return sense == Sense.AT_LEAST ? value >= bound : value <= bound;
  }

  /** How much of it a value reaches: 1 just meets it, more exceeds it. */
  public double reachedBy(double value) {
    return sense == Sense.AT_LEAST ? value / bound : bound / value;
  }

  private enum Sense {
    AT_LEAST,
    AT_MOST
  }
}
