item, count = channel.receive()
item = eval(item)
for _ in range(count):
    channel.send(item)
