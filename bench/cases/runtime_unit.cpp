// One file of the runtime cases; UNIT is its number. Its own types, so that each file has template code of its own
// besides what it shares with the others.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

extern "C" int plainUNIT(int);

namespace {
struct ItemUNIT {
    std::string name;
    int value;
};
int counterUNIT;
}  // namespace

struct ShapeUNIT {
    virtual ~ShapeUNIT() = default;
    virtual int area() const = 0;
};
struct SquareUNIT : ShapeUNIT {
    int side;
    explicit SquareUNIT(int s) : side(s) {}
    int area() const override { return side * side; }
};

int runUNIT(int seed) {
    std::map<std::string, ItemUNIT> ordered;
    std::unordered_map<int, std::vector<ItemUNIT>> buckets;
    for (int i = 0; i < 50; ++i) {
        std::ostringstream text;
        text << "item " << i << " of file UNIT";
        ordered[text.str()] = ItemUNIT{text.str(), i + seed};
        buckets[i % 7].push_back(ItemUNIT{"bucket of file UNIT", i});
    }
    std::vector<std::shared_ptr<ShapeUNIT>> shapes;
    for (auto& entry : ordered) shapes.push_back(std::make_shared<SquareUNIT>(entry.second.value));
    std::sort(shapes.begin(), shapes.end(), [](const auto& a, const auto& b) { return a->area() < b->area(); });
    std::function<int(int)> twice = [&](int x) { return x + plainUNIT(x) + ++counterUNIT; };
    try {
        if (shapes.size() == 3) throw std::runtime_error("three shapes in file UNIT");
        return twice(shapes.back()->area()) + static_cast<int>(buckets.size());
    } catch (const std::exception& error) {
        return static_cast<int>(std::string(error.what()).size());
    }
}
