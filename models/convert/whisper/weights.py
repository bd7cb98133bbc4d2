"""CTranslate2 model.bin -> transformers and openai-whisper models, with the configuration files of the published ONNX exports."""
import json, os, re, numpy as np, torch
from ct2parse import read
LAB=os.environ.get('WHISPER_LAB','whisper-lab')
def hf_state(path):
    meta,t=read(path); sd={}
    f=lambda k: torch.tensor(t[k].astype(np.float32))
    def ln(dst,src): sd[dst+'.weight']=f(src+'/gamma'); sd[dst+'.bias']=f(src+'/beta')
    def lin(dst,src): sd[dst+'.weight']=f(src+'/weight'); sd[dst+'.bias']=f(src+'/bias')
    for c in ('conv1','conv2'): lin(f'model.encoder.{c}',f'encoder/{c}')
    for side in ('encoder','decoder'):
        sd[f'model.{side}.embed_positions.weight']=f(f'{side}/position_encodings/encodings')
        ln(f'model.{side}.layer_norm',f'{side}/layer_norm')
        n=1+max(int(m.group(1)) for k in t if (m:=re.match(side+r'/layer_(\d+)/',k)))
        for i in range(n):
            s=f'{side}/layer_{i}'; d=f'model.{side}.layers.{i}'
            w=f(s+'/self_attention/linear_0/weight').chunk(3); b=f(s+'/self_attention/linear_0/bias').chunk(3)
            assert float(b[1].abs().max())==0
            for nm,ww,bb in zip('qkv',w,b):
                sd[f'{d}.self_attn.{nm}_proj.weight']=ww.clone()
                if nm!='k': sd[f'{d}.self_attn.{nm}_proj.bias']=bb.clone()
            lin(f'{d}.self_attn.out_proj',s+'/self_attention/linear_1'); ln(f'{d}.self_attn_layer_norm',s+'/self_attention/layer_norm')
            if side=='decoder':
                lin(f'{d}.encoder_attn.q_proj',s+'/attention/linear_0')
                w=f(s+'/attention/linear_1/weight').chunk(2); b=f(s+'/attention/linear_1/bias').chunk(2)
                assert float(b[0].abs().max())==0
                sd[f'{d}.encoder_attn.k_proj.weight']=w[0].clone(); sd[f'{d}.encoder_attn.v_proj.weight']=w[1].clone(); sd[f'{d}.encoder_attn.v_proj.bias']=b[1].clone()
                lin(f'{d}.encoder_attn.out_proj',s+'/attention/linear_2'); ln(f'{d}.encoder_attn_layer_norm',s+'/attention/layer_norm')
            lin(f'{d}.fc1',s+'/ffn/linear_0'); lin(f'{d}.fc2',s+'/ffn/linear_1'); ln(f'{d}.final_layer_norm',s+'/ffn/layer_norm')
    sd['model.decoder.embed_tokens.weight']=f('decoder/embeddings/weight'); sd['proj_out.weight']=sd['model.decoder.embed_tokens.weight']
    return sd,int(t['encoder/num_heads'])
def configs(name,sd,heads):
    from transformers import WhisperConfig, GenerationConfig
    d=f'{LAB}/ct2/{name}'; c=json.load(open(d+'/config.json')); tok=json.load(open(d+'/tokenizer.json'))
    ids={x['content']:x['id'] for x in tok['added_tokens']}
    V,D=sd['model.decoder.embed_tokens.weight'].shape; L=1+max(int(m.group(1)) for k in sd if (m:=re.match(r'model.decoder.layers.(\d+)',k)))
    multi=V>=51865; eot=ids['<|endoftext|>']; sot=ids['<|startoftranscript|>']
    langs={k:v for k,v in ids.items() if re.fullmatch(r'<\|[a-z]{2,3}\|>',k)}
    cfg=WhisperConfig(vocab_size=V,num_mel_bins=80,d_model=D,encoder_layers=L,decoder_layers=L,encoder_attention_heads=heads,decoder_attention_heads=heads,encoder_ffn_dim=4*D,decoder_ffn_dim=4*D,max_source_positions=1500,max_target_positions=448,pad_token_id=eot,bos_token_id=eot,eos_token_id=eot,decoder_start_token_id=sot,suppress_tokens=None,begin_suppress_tokens=None,median_filter_width=7,scale_embedding=False,attn_implementation='eager',dropout=0.0)
    kw=dict(bos_token_id=eot,eos_token_id=eot,pad_token_id=eot,decoder_start_token_id=sot,no_timestamps_token_id=ids['<|notimestamps|>'],max_initial_timestamp_index=50,prev_sot_token_id=ids['<|startofprev|>'],suppress_tokens=c['suppress_ids'],begin_suppress_tokens=c['suppress_ids_begin'],alignment_heads=c['alignment_heads'],return_timestamps=False,max_length=448,is_multilingual=multi)
    if multi: kw.update(lang_to_id=langs,task_to_id={'transcribe':ids['<|transcribe|>'],'translate':ids['<|translate|>']})
    return cfg,GenerationConfig(**kw),ids
def hf_model(name):
    from transformers import WhisperForConditionalGeneration
    sd,h=hf_state(f'{LAB}/ct2/{name}/model.bin'); cfg,gen,ids=configs(name,sd,h)
    m=WhisperForConditionalGeneration(cfg).eval(); miss=m.load_state_dict(sd,strict=False); print('load',miss); m.tie_weights(); m.generation_config=gen
    return m
