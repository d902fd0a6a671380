count = 0
for _item in iter(channel.receive, None):
    count += 1
channel.send(count)
