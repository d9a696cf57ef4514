package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.antientropy.KeyCopy;
import dev.tidemark.storage.antientropy.KeyMark;
import dev.tidemark.storage.antientropy.KeyPage;
import dev.tidemark.storage.antientropy.Moment;
import dev.tidemark.storage.antientropy.StateMoment;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.DamagedState;
import dev.tidemark.storage.state.DamagedState.Kind;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyTile;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateReading;
import dev.tidemark.storage.state.StateRoots;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two stores that have joined the same, one or both of which were damaged behind their backs, a key
 * of every strategy in every way. The clock stands still in between, and each store writes under
 * its own id.
 */
class RepairsTest {
  private static final Kind[] KINDS = Kind.values();
  private static final int HEALTHY = KINDS.length;
  private static final int UPDATES = 900;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Random random = new Random(7);
  private final Tidemark[] stores = new Tidemark[2];

  private Path directory(int store) {
    return dir.resolve("store" + store);
  }

  private void open(int store) {
    Options options = QuietOptions.defaults().withReplicaId(store + 1L).withClock(now::get);
    stores[store] = audit.open(directory(store), EveryStrategy.SCHEMA, options);
  }

  private void close() {
    for (Tidemark store : stores) {
      store.close();
    }
  }

  private void write(int updates) {
    for (int i = 0; i < updates; i++) {
      now.incrementAndGet();
      Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
      String key = EveryStrategy.key(strategy, random.nextInt(HEALTHY + 1));
      // No deletes of whole keys: what is damaged is to have cells.
      int verb = random.nextInt(7);
      stores[random.nextInt(2)].update(
          key, EveryStrategy.update(strategy, verb, random.nextInt(6), random.nextInt(9)));
      if (random.nextInt(20) == 0) {
        exchange();
      }
    }
    exchange();
  }

  private void exchange() {
    for (int from = 0; from < 2; from++) {
      try (Exchange exchange = new Exchange(stores[from], stores[1 - from])) {
        exchange.pull();
      }
    }
  }

  /** Damages one key of each strategy in each way; gives how many. */
  private long damage(int store, Kind... kinds) throws Exception {
    long damaged = 0;
    try (DamagedState state = new DamagedState(new StoreFiles(directory(store)).state())) {
      for (Strategy strategy : Strategy.values()) {
        for (Kind kind : kinds) {
          Bytes prefix = Bytes.utf8(EveryStrategy.prefix(strategy));
          Bytes key = Bytes.utf8(EveryStrategy.key(strategy, kind.ordinal()));
          damaged += state.damage(prefix, key, kind) ? 1 : 0;
        }
      }
    }
    assertThat(damaged).isGreaterThan(kinds.length * Strategy.values().length / 2);
    return damaged;
  }

  private RepairReport repair(int store) {
    try (StateMoment theirs = stores[1 - store].repairs().moment()) {
      return stores[store].repairs().with(theirs).orElseThrow();
    }
  }

  private static StateRoots roots(Path directory) {
    try (StateStore state = StateStore.openReadOnly(new StoreFiles(directory).state());
        Pin pin = state.pin()) {
      return StateReading.of(state, pin, () -> {}, found -> {}).roots();
    }
  }

  private static List<Entry> entries(Tidemark store) {
    List<Entry> entries = new ArrayList<>();
    try (Scan scan = store.scan("")) {
      for (Entry next = scan.next(); next != null; next = scan.next()) {
        entries.add(next);
      }
    }
    return entries;
  }

  private void fill() {
    open(0);
    open(1);
    write(UPDATES);
  }

  private void reopen() {
    open(0);
    open(1);
  }

  /** A log that does not reach back, and no snapshot that does. */
  private void loseHistory(int... which) throws Exception {
    for (int store : which) {
      stores[store].roll();
      assertThat(stores[store].truncate().firstPosition()).isGreaterThan(1);
      stores[store].close();
      DurableFiles.standard().deleteDirectory(new StoreFiles(directory(store)).snapshots());
      audit.expectDamage(directory(store));
      open(store);
    }
  }

  private void expectHealed(List<Entry> expected) {
    for (int store = 0; store < 2; store++) {
      assertThat(repair(store)).isEqualTo(RepairReport.CLEAN);
      assertThat(stores[store].repairs().alone()).isEqualTo(RepairReport.CLEAN);
      assertThat(entries(stores[store])).isEqualTo(expected);
    }
    close();
    assertThat(roots(directory(0))).isEqualTo(roots(directory(1)));
  }

  @Test
  void storesThatAreNotDamagedDoNotDiffer() {
    fill();
    expectHealed(entries(stores[0]));
  }

  @Test
  void storesThatHaveNotJoinedTheSameAreNotCompared() {
    fill();
    stores[0].update("g-set/1", EveryStrategy.update(Strategy.G_SET, 0, 0, 0));
    try (StateMoment theirs = stores[1].repairs().moment()) {
      assertThat(stores[0].repairs().with(theirs)).isEmpty();
    }
  }

  @Test
  void aDamagedKeyIsMadeAgainOfTheOwnLogWithoutAPeer() throws Exception {
    fill();
    List<Entry> expected = entries(stores[0]);
    close();
    long damaged =
        damage(
            0, Kind.LOSE_CELL, Kind.ALTER_CELL, Kind.ALTER_HEAD, Kind.LOSE_HEAD, Kind.ALTER_DIGEST);
    reopen();

    RepairReport report = stores[0].repairs().alone();

    assertThat(report).isEqualTo(new RepairReport(damaged, damaged, 0, 0, 0, List.of()));
    expectHealed(expected);
  }

  @Test
  void aDamagedKeyIsMadeAgainOfASnapshotAndTheLogAboveIt() throws Exception {
    fill();
    stores[0].roll();
    stores[0].truncate();
    write(200);
    assertThat(stores[0].status().firstPosition()).isGreaterThan(1);
    List<Entry> expected = entries(stores[0]);
    close();
    long damaged = damage(0, KINDS);
    reopen();

    RepairReport report = repair(0);

    assertThat(report).isEqualTo(new RepairReport(damaged, damaged, 0, 0, 0, List.of()));
    expectHealed(expected);
  }

  /** Else a peer could have a damaged key be whatever it likes. */
  @Test
  void whatTheWholeOwnLogMakesOfADamagedKeyCountsForMoreThanAPeersWord() throws Exception {
    fill();
    List<Entry> expected = entries(stores[0]);
    close();
    long damaged = damage(0, Kind.LOSE_CELL, Kind.ALTER_CELL, Kind.ALTER_HEAD, Kind.LOSE_HEAD);
    reopen();

    try (StateMoment theirs = stores[1].repairs().moment()) {
      RepairReport report = stores[0].repairs().with(new Liar(theirs)).orElseThrow();
      assertThat(report.fromLog()).isEqualTo(damaged);
      assertThat(report.fromPeer()).isZero();
    }

    assertThat(entries(stores[0])).isEqualTo(expected);
    expectHealed(expected);
  }

  /** Says of each key that it is another one, and sound. */
  private record Liar(Moment truth) implements Moment {
    @Override
    public VersionVector vector() {
      return truth.vector();
    }

    @Override
    public Floor floor() {
      return truth.floor();
    }

    @Override
    public List<Integer> differing(Bytes prefix, List<KeyTile> tiles, Floor floor) {
      return IntStream.range(0, tiles.size()).boxed().toList();
    }

    @Override
    public KeyPage keys(Bytes prefix, KeyRange range, Floor floor) {
      KeyPage page = truth.keys(prefix, range, floor);
      List<KeyMark> lies =
          page.marks().stream()
              .map(mark -> new KeyMark(mark.key(), Bytes.wrap(new byte[32]), true))
              .toList();
      return new KeyPage(lies, page.isLast());
    }

    @Override
    public @Nullable KeyCopy copy(Bytes prefix, Bytes key) {
      return truth.copy(prefix, key);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatThePeerHasLostIsNotLostHere(int damagedSide) throws Exception {
    fill();
    List<Entry> expected = entries(stores[0]);
    loseHistory(0, 1);
    close();
    long damaged =
        damage(
            damagedSide,
            Kind.LOSE_CELL,
            Kind.ALTER_CELL,
            Kind.ALTER_HEAD,
            Kind.LOSE_HEAD,
            Kind.ALTER_DIGEST);
    reopen();

    RepairReport healthy = repair(1 - damagedSide);
    assertThat(healthy).isEqualTo(new RepairReport(damaged, 0, 0, damaged, 0, List.of()));
    assertThat(entries(stores[1 - damagedSide])).isEqualTo(expected);

    RepairReport mended = repair(damagedSide);
    assertThat(mended).isEqualTo(new RepairReport(damaged, 0, damaged, 0, 0, List.of()));
    expectHealed(expected);
  }

  @Test
  void damageOnBothSidesIsMendedCrosswise() throws Exception {
    fill();
    List<Entry> expected = entries(stores[0]);
    loseHistory(0, 1);
    close();
    long left = damage(0, Kind.LOSE_CELL, Kind.LOSE_HEAD);
    long right = damage(1, Kind.ALTER_CELL, Kind.ALTER_HEAD);
    reopen();

    assertThat(repair(0)).isEqualTo(new RepairReport(left + right, 0, left, right, 0, List.of()));
    assertThat(repair(1)).isEqualTo(new RepairReport(right, 0, right, 0, 0, List.of()));
    expectHealed(expected);
  }

  @Test
  void aKeyThatIsGoneAsAWholeIsQuarantinedWhereNoHistoryTellsWhoIsRight() throws Exception {
    fill();
    List<Entry> expected = entries(stores[1]);
    loseHistory(0, 1);
    close();
    long damaged = damage(0, Kind.LOSE_KEY);
    reopen();

    for (int store = 0; store < 2; store++) {
      RepairReport report = repair(store);
      assertThat(report.quarantined()).isEqualTo(damaged).isEqualTo(report.differences());
      assertThat(report.left()).hasSize((int) damaged);
      assertThat(report.left().get(0).reason()).isEqualTo("both copies are sound, and differ");
    }
    assertThat(entries(stores[1])).isEqualTo(expected);
    audit.expectDamage(directory(0));
  }

  @Test
  void aKeyThatIsGoneAsAWholeIsMadeAgainWhereTheOwnLogAndThePeerAgree() throws Exception {
    fill();
    List<Entry> expected = entries(stores[1]);
    loseHistory(1);
    close();
    long damaged = damage(0, Kind.LOSE_KEY);
    reopen();

    assertThat(repair(1).quarantined()).isEqualTo(damaged);
    assertThat(repair(0)).isEqualTo(new RepairReport(damaged, damaged, 0, 0, 0, List.of()));
    expectHealed(expected);
  }

  @Test
  void aKeyThatIsDamagedOnBothSidesIsQuarantined() throws Exception {
    fill();
    loseHistory(0, 1);
    close();
    long damaged = damage(0, Kind.ALTER_HEAD);
    damage(1, Kind.ALTER_HEAD);
    reopen();

    RepairReport report = repair(0);

    assertThat(report.quarantined()).isEqualTo(damaged);
    assertThat(report.left().get(0).reason()).isEqualTo("damaged, and nobody has a sound copy");
    audit.expectDamage(directory(0));
    audit.expectDamage(directory(1));
  }

  @Test
  void updatesGoOnWhileAKeyIsReplaced() throws Exception {
    fill();
    loseHistory(0, 1);
    close();
    damage(0, Kind.LOSE_CELL, Kind.LOSE_HEAD);
    damage(1, Kind.ALTER_CELL);
    reopen();

    for (int store = 0; store < 2; store++) {
      Tidemark here = stores[store];
      Tidemark there = stores[1 - store];
      try (StateMoment theirs = there.repairs().moment()) {
        // Of healthy keys only: what is made of a damaged one has not seen what it lost.
        Moment disturbed = new Disturbed(theirs, () -> writeHealthy(here, there));
        RepairReport report = here.repairs().with(disturbed).orElseThrow();
        assertThat(report.fromPeer()).isPositive();
        assertThat(report.quarantined()).isZero();
      }
      exchange();
    }
    expectHealed(entries(stores[0]));
  }

  /** The other writes to damaged keys, too: theirs are sound, and reach here before the repair. */
  private void writeHealthy(Tidemark here, Tidemark there) {
    for (Strategy strategy : Strategy.values()) {
      now.incrementAndGet();
      here.update(EveryStrategy.key(strategy, HEALTHY), EveryStrategy.update(strategy, 0, 1, 2));
      for (Kind kind : List.of(Kind.LOSE_CELL, Kind.LOSE_HEAD)) {
        now.incrementAndGet();
        if (there == stores[1]) {
          there.update(
              EveryStrategy.key(strategy, kind.ordinal()), EveryStrategy.update(strategy, 0, 2, 3));
        }
      }
    }
    try (Exchange exchange = new Exchange(there, here)) {
      exchange.pull();
    }
    here.flush();
  }

  @Test
  void aClusterThatForgetsIsMendedAsWell() throws Exception {
    open(0);
    open(1);
    stores[0].members().found();
    stores[0].members().admit(2);
    exchange();
    write(UPDATES);
    settle();
    assertThat(stores[0].collect().forgottenCells()).isPositive();
    // The other one forgets the same, and has not come to it.
    stores[1].flush();
    exchange();
    write(100);
    settle();
    // What is in the segments before this one may be cut off: all members have seen it.
    stores[0].roll();
    stores[1].roll();
    write(10);
    settle();
    List<Entry> expected = entries(stores[0]);
    loseHistory(0, 1);
    close();
    long left = damage(0, Kind.LOSE_CELL, Kind.LOSE_HEAD);
    long right = damage(1, Kind.ALTER_CELL);
    reopen();

    assertThat(repair(0)).isEqualTo(new RepairReport(left + right, 0, left, right, 0, List.of()));
    assertThat(repair(1)).isEqualTo(new RepairReport(right, 0, right, 0, 0, List.of()));
    settle();
    stores[0].collect();
    stores[1].collect();
    settle();
    expectHealed(expected);
  }

  private void settle() {
    for (boolean more = true; more; ) {
      exchange();
      more = stores[0].members().acknowledge() | stores[1].members().acknowledge();
    }
  }

  @Test
  void aLostRangeIsFoundAmongManyKeys() throws Exception {
    open(0);
    open(1);
    for (int i = 0; i < 3_000; i++) {
      stores[i % 2].update(
          EveryStrategy.key(Strategy.G_COUNTER, i),
          EveryStrategy.update(Strategy.G_COUNTER, 0, 0, i % 7));
    }
    exchange();
    List<Entry> expected = entries(stores[0]);
    close();
    try (DamagedState state = new DamagedState(new StoreFiles(directory(1)).state())) {
      for (int i = 700; i < 1_400; i++) {
        Bytes key = Bytes.utf8(EveryStrategy.key(Strategy.G_COUNTER, i));
        state.damage(Bytes.utf8(EveryStrategy.prefix(Strategy.G_COUNTER)), key, Kind.LOSE_KEY);
      }
    }
    reopen();

    assertThat(repair(1)).isEqualTo(new RepairReport(700, 700, 0, 0, 0, List.of()));
    expectHealed(expected);
  }

  /** A peer's moment, while whose answers are under way something happens. */
  private record Disturbed(Moment peer, Runnable meanwhile) implements Moment {
    @Override
    public VersionVector vector() {
      return peer.vector();
    }

    @Override
    public Floor floor() {
      return peer.floor();
    }

    @Override
    public List<Integer> differing(Bytes prefix, List<KeyTile> tiles, Floor floor) {
      return peer.differing(prefix, tiles, floor);
    }

    @Override
    public KeyPage keys(Bytes prefix, KeyRange range, Floor floor) {
      return peer.keys(prefix, range, floor);
    }

    @Override
    public @Nullable KeyCopy copy(Bytes prefix, Bytes key) {
      meanwhile.run();
      return peer.copy(prefix, key);
    }
  }
}
