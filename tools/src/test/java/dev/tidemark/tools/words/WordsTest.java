package dev.tidemark.tools.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @Test
  void sayThatSomethingIsLeftOfKeysThatWereGivenAway() {
    RingView view =
        new RingView(
            3, true, null, null, 64, 1, List.of(), List.of(), "no keys", null, false, true);
    assertThat(view.summary())
        .containsExactly(
            "ring       epoch 3, 1 copies, settled",
            "leftovers  of keys that were given away, still to be removed");
    assertThat(view.lines()).containsAll(view.summary());
  }

  /** Typed words, and the words the log shows for what they did; steps in order, one key. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lww-register       | set a               | set \"a\"",
        "lww-register       | delete              | delete",
        "epoch-max          | put 18446744073709551615 -3 | put 18446744073709551615 -3",
        "epoch-max          | delete              | delete",
        "g-counter          | increment 3         | raise increments to 3",
        "g-counter          | increment 3; increment 4 | raise increments to 7",
        "g-counter          | increment 3; delete | reset",
        "pn-counter         | decrement 3         | raise decrements to 3",
        "g-set              | add a               | add \"a\"",
        "or-set             | add a               | add \"a\"",
        "or-set             | add a; remove a     | remove \"a\", overriding 7#1",
        "or-set             | add a; delete       | delete",
        "mv-register        | set a               | set \"a\"",
        "mv-register        | set a; set b        | set \"b\", overriding 7#1",
        "ew-flag            | enable              | enable",
        "ew-flag            | enable; disable     | disable, overriding 7#1",
        "lww-map            | put f v             | put \"f\" \"v\"",
        "lww-map            | remove f            | remove \"f\"",
        "or-map:or-set      | update f add a      | update \"f\" add \"a\"",
        "or-map:or-set      | update f add a; update f remove a | update \"f\" remove \"a\", overriding 7#1",
        "or-map:or-set      | update f add a; remove f | remove \"f\"",
        "or-map:mv-register | update f set a      | update \"f\" set \"a\"",
        "or-map:mv-register | update f set a; remove f | remove \"f\", overriding 7#1",
        "or-map:ew-flag     | update f enable     | update \"f\" enable",
        "or-map:pn-counter  | update f increment 3 | update \"f\" raise increments to 3",
        "or-map:pn-counter  | update f decrement 3 | update \"f\" raise decrements to 3",
        "journal            | append a            | append \"a\""
      })
  void sayWhatEachOperationDoes(String strategyId, String typed, String shown) {
    Strategy strategy = Strategy.ofId(strategyId.strip());
    Lattice lattice = strategy.lattice();
    KeyState state = KeyState.bottomOf(lattice);
    KeyDelta delta = state.copy();
    long sequence = 0;
    for (String step : typed.split(";")) {
      List<String> words = List.of(step.strip().split(" "));
      Update update = parse(strategy, words.get(0), words.subList(1, words.size()));
      sequence++;
      delta = lattice.prepare(update, state, new OperationId(7, sequence, 100 + sequence));
      Join.into(state, lattice, delta);
    }

    assertThat(EffectWords.of(strategy, lattice.effects(delta))).isEqualTo(shown);
  }

  @Test
  void sayThatAnOperationFoundNothingToOverride() {
    assertThat(EffectWords.of(Strategy.OR_SET, List.of())).isEqualTo("nothing seen to override");
  }

  @Test
  void keepStringsAndNumbersOfJsonApart() {
    List<Argument> text = List.of(Argument.json(TextNode.valueOf("3")));
    List<Argument> number = List.of(Argument.json(BigIntegerNode.valueOf(BigInteger.TEN)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateWords.parse(Strategy.G_COUNTER, "increment", text))
        .withMessageStartingWith("amount is a string, and has to be a number: amount=3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpdateWords.parse(Strategy.OR_SET, "add", number));
    assertThatIllegalArgumentException().isThrownBy(() -> Argument.json(BooleanNode.TRUE));
  }

  @Test
  void refuseANumberOfAbsurdLengthWithoutReadingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(Strategy.G_COUNTER, "increment", List.of("9".repeat(1_000_000))))
        .withMessageStartingWith("amount is not a whole number");
  }

  @Test
  void refuseALoneSurrogate() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(Strategy.OR_SET, "add", List.of("\ud800")));
  }

  private static Update parse(Strategy strategy, String operation, List<String> arguments) {
    return UpdateWords.parse(strategy, operation, arguments.stream().map(Argument::word).toList());
  }
}
