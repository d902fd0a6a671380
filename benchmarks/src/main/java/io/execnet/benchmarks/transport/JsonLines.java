package io.execnet.benchmarks.transport;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;

/** What a Java team writes by hand: a process, and a line of JSON each way for each call. */
final class JsonLines implements Contender {

  private static final EnumSet<Workload.Kind> KINDS =
      EnumSet.of(Workload.Kind.ROUND_TRIP, Workload.Kind.TAIL, Workload.Kind.PIPELINE);

  private static final String PROGRAM =
      """
      import json, sys
      for line in sys.stdin:
          print(json.dumps(json.loads(line)), flush=True)
      """;

  private final ObjectMapper mapper = new ObjectMapper();
  private final LineProcess process;

  JsonLines(String python) throws IOException {
    process = new LineProcess(List.of(python, "-c", PROGRAM));
  }

  @Override
  public String name() {
    return "JSON lines to a process";
  }

  @Override
  public boolean does(Workload workload) {
    return KINDS.contains(workload.kind());
  }

  @Override
  public double seconds(Workload workload) throws IOException {
    int ahead = workload.kind() == Workload.Kind.PIPELINE ? Workload.AT_ONCE : 1;
    Laps laps = new Laps(workload.count());
    int asked = 0;
    for (int answered = 0; answered < workload.count(); answered++) {
      for (; asked < workload.count() && asked < answered + ahead; asked++) {
        process.write(mapper.writeValueAsString(asked));
      }
      process.flush();
      if (mapper.readValue(process.read(), Integer.class) != answered) {
        throw new IllegalStateException("another answer than " + answered);
      }
      laps.next();
    }
    return laps.seconds(workload.kind());
  }

  @Override
  public void close() {
    process.close();
  }
}
