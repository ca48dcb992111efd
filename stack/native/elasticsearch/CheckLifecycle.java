import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.json.JsonXContent;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;

/** Reads lifecycle policies with Elasticsearch's own parser, as PUT _ilm/policy does, and prints when each deletes. */
public class CheckLifecycle {
    static <T> NamedXContentRegistry.Entry entry(Class<T> category, String name, CheckedFunction<XContentParser, ? extends T, IOException> parser) {
        return new NamedXContentRegistry.Entry(category, new ParseField(name), parser);
    }

    public static void main(String[] files) throws Exception {
        var registry = new NamedXContentRegistry(List.of(
            entry(LifecycleType.class, TimeseriesLifecycleType.TYPE, parser -> TimeseriesLifecycleType.INSTANCE),
            entry(LifecycleAction.class, DeleteAction.NAME, DeleteAction::parse)));
        var configuration = XContentParserConfiguration.EMPTY.withRegistry(registry);
        for (String file : files) {
            String name = Path.of(file).getFileName().toString().replace(".json", "");
            try (XContentParser parser = JsonXContent.jsonXContent.createParser(configuration, Files.readString(Path.of(file)))) {
                // into {"policy": {
                for (int token = 0; token < 3; token++) parser.nextToken();
                LifecyclePolicy policy = LifecyclePolicy.parse(parser, name);
                policy.validate();
                System.out.println(name + " " + policy.getPhases().get("delete").getMinimumAge());
            }
        }
    }
}
